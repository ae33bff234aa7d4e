/** The BLAS libraries to try on each system, best first. */
export const blasLibraries = {
  linux: ['libopenblas.so.0', 'libopenblas.so', 'libblis.so.4', 'libmkl_rt.so.2', 'libblas.so.3'],
  darwin: [
    '/System/Library/Frameworks/Accelerate.framework/Accelerate',
    '/opt/homebrew/opt/openblas/lib/libopenblas.dylib',
  ],
  win32: ['libopenblas.dll', 'openblas.dll', 'mkl_rt.2.dll'],
} as const;

/**
 * The libraries that a config may name. Loading a library runs its code, so configs, which people share, may name only these;
 * other libraries must be given by the user, in the environment variable BERTRAND_BLAS.
 */
export const blasNames = [...blasLibraries.linux, ...blasLibraries.darwin, ...blasLibraries.win32] as const;
