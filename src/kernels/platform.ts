/** Whether this is Node, rather than a browser. */
export const isNode = (): boolean => typeof process === 'object' && Boolean(process.versions?.node);
