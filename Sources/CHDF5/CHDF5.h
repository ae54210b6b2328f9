// The C side of HDF5, of which only reading is used.
#ifndef CHDF5_H
#define CHDF5_H

#include <hdf5.h>

// Types that HDF5 makes known as macros, which Swift does not import.
static inline unsigned hsdl_read_only(void) { return H5F_ACC_RDONLY; }
static inline hid_t hsdl_native_double(void) { return H5T_NATIVE_DOUBLE; }
static inline hid_t hsdl_native_float(void) { return H5T_NATIVE_FLOAT; }
static inline hid_t hsdl_native_int64(void) { return H5T_NATIVE_INT64; }
static inline hid_t hsdl_c_string(void) { return H5T_C_S1; }

#endif
