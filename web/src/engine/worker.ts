import { serve } from '../connect.ts';
import { PageEngine } from './pageEngine.ts';

serve((send) => new PageEngine(send));
