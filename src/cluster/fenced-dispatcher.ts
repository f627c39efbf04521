/** Asks a fence when a connection is ready for a request, which can be long after the request was made. */
import type { Dispatcher } from 'undici';
import { VidraError } from '../errors.ts';
import type { WriteFence } from './cluster.ts';

/** Requests fail with INTERRUPTED, and nothing of them is sent, when the fence is not held any more. */
export function fencedDispatcher(dispatcher: Dispatcher, fence: WriteFence): Dispatcher {
  return dispatcher.compose((dispatch) => (options, handler) => dispatch(options, fencedHandler(handler, fence)));
}

function fencedHandler(handler: Dispatcher.DispatchHandler, fence: WriteFence): Dispatcher.DispatchHandler {
  return {
    onRequestStart(controller, context) {
      if (!fence.isHeld()) throw new VidraError('INTERRUPTED', 'not written: another process may have taken over');
      handler.onRequestStart?.(controller, context);
    },
    onResponseStart: (...response) => handler.onResponseStart?.(...response),
    onResponseData: (...data) => handler.onResponseData?.(...data),
    onResponseEnd: (...end) => handler.onResponseEnd?.(...end),
    onResponseError: (...failure) => handler.onResponseError?.(...failure),
  };
}
