// The C side of libsvm.
#ifndef CSVM_H
#define CSVM_H

#if __has_include(<libsvm/svm.h>)
#include <libsvm/svm.h>
#else
#include <svm.h>
#endif

#endif
