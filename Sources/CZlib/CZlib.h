// The C side of zlib, of which unpacking and checksums are used.
#ifndef CZLIB_H
#define CZLIB_H

#include <zlib.h>

// zlib makes this known as a macro, which Swift does not import. Raw deflate, as in ZIP archives.
static inline int hsdl_inflate_begin(z_stream *stream) { return inflateInit2(stream, -MAX_WBITS); }

#endif
