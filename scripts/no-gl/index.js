throw new Error('headless-gl is left out of this project; docs/webgl.md says how to add it');
