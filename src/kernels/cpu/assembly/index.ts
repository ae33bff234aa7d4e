export * from './job';
export * from './matmul';
