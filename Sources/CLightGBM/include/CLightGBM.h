// The C side of LightGBM 4: prototypes of the functions of its C interface that
// are used here, and a bridge for its two network callbacks.
//
// LightGBM calls the callbacks from C++ and has no way to hear that one failed.
// The bridge turns a non-zero answer into a C++ exception, which LightGBM's own
// interface catches and reports as the failure of the call that was under way.
#ifndef CLIGHTGBM_H
#define CLIGHTGBM_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef void *DatasetHandle;
typedef void *BoosterHandle;

enum {
  CLGBM_FLOAT32 = 0,
  CLGBM_FLOAT64 = 1,
  CLGBM_INT32 = 2,
  CLGBM_INT64 = 3,
  CLGBM_PREDICT_NORMAL = 0,
  CLGBM_PREDICT_RAW_SCORE = 1,
  CLGBM_PREDICT_LEAF_INDEX = 2,
  CLGBM_PREDICT_CONTRIB = 3,
};

const char *LGBM_GetLastError(void);
int LGBM_RegisterLogCallback(void (*callback)(const char *));

int LGBM_DatasetCreateFromSampledColumn(double **sample_data, int **sample_indices, int32_t ncol,
                                        const int *num_per_col, int32_t num_sample_row,
                                        int32_t num_local_row, int64_t num_dist_row,
                                        const char *parameters, DatasetHandle *out);
int LGBM_DatasetPushRows(DatasetHandle dataset, const void *data, int data_type, int32_t nrow,
                         int32_t ncol, int32_t start_row);
int LGBM_DatasetSetField(DatasetHandle handle, const char *field_name, const void *field_data,
                         int num_element, int type);
int LGBM_DatasetFree(DatasetHandle handle);

int LGBM_BoosterCreate(const DatasetHandle train_data, const char *parameters, BoosterHandle *out);
int LGBM_BoosterLoadModelFromString(const char *model_str, int *out_num_iterations,
                                    BoosterHandle *out);
int LGBM_BoosterFree(BoosterHandle handle);
int LGBM_BoosterUpdateOneIterCustom(BoosterHandle handle, const float *grad, const float *hess,
                                    int *is_finished);
int LGBM_BoosterGetNumPredict(BoosterHandle handle, int data_idx, int64_t *out_len);
int LGBM_BoosterGetPredict(BoosterHandle handle, int data_idx, int64_t *out_len, double *out_result);
int LGBM_BoosterSaveModelToString(BoosterHandle handle, int start_iteration, int num_iteration,
                                  int feature_importance_type, int64_t buffer_len, int64_t *out_len,
                                  char *out_str);
int LGBM_BoosterPredictForMat(BoosterHandle handle, const void *data, int data_type, int32_t nrow,
                              int32_t ncol, int is_row_major, int predict_type, int start_iteration,
                              int num_iteration, const char *parameter, int64_t *out_len,
                              double *out_result);
int LGBM_BoosterGetNumFeature(BoosterHandle handle, int *out_len);

int LGBM_NetworkInitWithFunctions(int num_machines, int rank, void *reduce_scatter_ext_fun,
                                  void *allgather_ext_fun);
int LGBM_NetworkFree(void);

/// LightGBM's own reduction of `bytes` bytes of `source` into `destination`.
typedef void (*CLGBMReducer)(const char *source, char *destination, int type_size, int32_t bytes);

/// Sums blocks over the ranks and leaves this rank's block in `output`. Not zero: failed.
typedef int (*CLGBMReduceScatter)(void *context, const char *input, int32_t input_size, int type_size,
                                  const int32_t *block_start, const int32_t *block_length, int blocks,
                                  char *output, int32_t output_size, CLGBMReducer reducer);

/// Collects every rank's block in `output`; `input` may lie inside `output`. Not zero: failed.
typedef int (*CLGBMAllgather)(void *context, const char *input, int32_t input_size,
                              const int32_t *block_start, const int32_t *block_length, int blocks,
                              char *output, int32_t output_size);

/// Puts the calling thread's LightGBM on a network of `ranks` ranks.
int CLGBM_NetworkOpen(int ranks, int rank, void *context, CLGBMReduceScatter reduce_scatter,
                      CLGBMAllgather allgather);

/// Takes the calling thread's LightGBM off its network.
int CLGBM_NetworkClose(void);

#ifdef __cplusplus
}
#endif

#endif
