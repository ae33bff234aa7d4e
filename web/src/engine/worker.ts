import { serve } from '../connect.ts';
import { Engine } from './engine.ts';

serve((send) => new Engine(send));
