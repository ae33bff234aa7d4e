/** Where a BLAS may be on each system, best first. */
export const blasLibraries = {
  linux: ['libopenblas.so.0', 'libopenblas.so', 'libblis.so.4', 'libmkl_rt.so.2', 'libblas.so.3'],
  darwin: [
    '/System/Library/Frameworks/Accelerate.framework/Accelerate',
    '/opt/homebrew/opt/openblas/lib/libopenblas.dylib',
  ],
  win32: ['libopenblas.dll', 'openblas.dll', 'mkl_rt.2.dll'],
} as const;

/**
 * The libraries that a config may name. One is code that runs as it is loaded, so configs, which people share, name none but
 * these; a path comes from the person alone, in the environment variable BERTRAND_BLAS.
 */
export const blasNames = [...blasLibraries.linux, ...blasLibraries.darwin, ...blasLibraries.win32] as const;
