// The C side of libxml2: its SAX2 interface.
#ifndef CXML_H
#define CXML_H

// A libxml2 that was built with ICU draws the system's ICU headers in, whose types the compiler then refuses beside the other
// ICU that Foundation brings. Nothing of what this project calls depends on them.
#include <libxml/xmlversion.h>
#undef LIBXML_ICU_ENABLED

#include <libxml/SAX2.h>
#include <libxml/parser.h>
#include <libxml/parserInternals.h>
#include <libxml/xmlerror.h>

#endif
