// The C side of libxml2: its SAX2 interface.
#ifndef CXML_H
#define CXML_H

#include <libxml/SAX2.h>
#include <libxml/parser.h>
#include <libxml/parserInternals.h>
#include <libxml/xmlerror.h>

#endif
