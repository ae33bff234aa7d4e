declare module '*?raw' {
  const text: string;
  export default text;
}

declare module '*?worker&url' {
  /** Of the worker's script, as seen from the page. */
  const address: string;
  export default address;
}

declare module '*.css';
