#include "CLightGBM.h"

#include <stdexcept>

// LightGBM keeps its network per thread, and so does the bridge: ranks may be
// processes or threads of one process.
static thread_local void *network_context = nullptr;
static thread_local CLGBMReduceScatter network_reduce_scatter = nullptr;
static thread_local CLGBMAllgather network_allgather = nullptr;

typedef CLGBMReducer Reducer;

static void reduce_scatter(char *input, int32_t input_size, int type_size,
                           const int32_t *block_start, const int32_t *block_length, int blocks,
                           char *output, int32_t output_size, const Reducer &reducer) {
  if (network_reduce_scatter == nullptr ||
      network_reduce_scatter(network_context, input, input_size, type_size, block_start,
                             block_length, blocks, output, output_size, reducer) != 0) {
    throw std::runtime_error("the reduction over the ranks failed");
  }
}

static void allgather(char *input, int32_t input_size, const int32_t *block_start,
                      const int32_t *block_length, int blocks, char *output, int32_t output_size) {
  if (network_allgather == nullptr ||
      network_allgather(network_context, input, input_size, block_start, block_length, blocks,
                        output, output_size) != 0) {
    throw std::runtime_error("the gather over the ranks failed");
  }
}

extern "C" int CLGBM_NetworkOpen(int ranks, int rank, void *context,
                                 CLGBMReduceScatter reduce_scatter_callback,
                                 CLGBMAllgather allgather_callback) {
  network_context = context;
  network_reduce_scatter = reduce_scatter_callback;
  network_allgather = allgather_callback;
  return LGBM_NetworkInitWithFunctions(ranks, rank, reinterpret_cast<void *>(&reduce_scatter),
                                       reinterpret_cast<void *>(&allgather));
}

extern "C" int CLGBM_NetworkClose(void) {
  network_context = nullptr;
  network_reduce_scatter = nullptr;
  network_allgather = nullptr;
  return LGBM_NetworkFree();
}
