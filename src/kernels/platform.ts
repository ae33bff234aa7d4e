/** Whether this is Node; else it is a browser. */
export const isNode = (): boolean => typeof process === 'object' && Boolean(process.versions?.node);
