import { alert } from './view/alert.ts';

/** What fails before the page stands leaves it dead: then it says so, and why. */
function failed(event: ErrorEvent | PromiseRejectionEvent): void {
  const cause: unknown = 'reason' in event ? event.reason : (event.error ?? event.message);
  alert('This page cannot start here', { what: String(cause), advice: 'Another browser, or a newer one, may do.' });
}

addEventListener('error', failed);
addEventListener('unhandledrejection', failed);

/** The page stands. */
export function started(): void {
  removeEventListener('error', failed);
  removeEventListener('unhandledrejection', failed);
}
