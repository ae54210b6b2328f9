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
static inline hid_t hsdl_dataset_creation(void) { return H5P_DATASET_CREATE; }

// Functions whose signatures differ from version to version of HDF5, and which its own macros choose.

// The kind of a link: 0 within the file, 1 anything else; negative where there is none.
static inline int hsdl_link_kind(hid_t place, const char *name) {
  H5L_info_t info;
  if (H5Lget_info(place, name, &info, H5P_DEFAULT) < 0) return -1;
  return info.type == H5L_TYPE_HARD || info.type == H5L_TYPE_SOFT ? 0 : 1;
}

typedef int (*hsdl_link_visitor)(const char *name, void *context);
typedef struct {
  hsdl_link_visitor visitor;
  void *context;
} hsdl_link_visit;

static inline herr_t hsdl_visit_link(hid_t group, const char *name, const H5L_info_t *info, void *context) {
  (void)group;
  hsdl_link_visit *visit = (hsdl_link_visit *)context;
  return info->type == H5L_TYPE_HARD || info->type == H5L_TYPE_SOFT ? visit->visitor(name, visit->context) : 0;
}

// Calls a function with the name of each link within the file, sorted, until it returns something else than 0.
static inline herr_t hsdl_visit_links(hid_t group, hsdl_link_visitor visitor, void *context) {
  hsdl_link_visit visit = {visitor, context};
  hsize_t index = 0;
  return H5Literate(group, H5_INDEX_NAME, H5_ITER_INC, &index, hsdl_visit_link, &visit);
}

#endif
