import { serve } from '../connect.ts';
import type { EngineApi, EngineEvent } from '../protocol.ts';
import { Engine } from './engine.ts';

serve<EngineApi, EngineEvent>((send) => new Engine(send));
