import { serve } from '../connect.ts';
import { PageEngine } from './pageEngine.ts';

export const serveEngine = (): void => serve((send) => new PageEngine(send));
