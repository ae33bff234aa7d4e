/** WebGPU's flags for the usage of buffers, since Node has no such globals. */
export const usage = {
  mapRead: 1,
  copySource: 4,
  copyDestination: 8,
  uniform: 64,
  storage: 128,
  queryResolve: 512,
} as const;
export const MAP_READ = 1;
export const COMPUTE_STAGE = 4;
