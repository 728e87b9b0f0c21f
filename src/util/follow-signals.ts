/** Aborts work when one of several signals aborts. */

/**
 * Gives `work` its own controller, which aborts as soon as one of `signals` does, with its reason; settles as the work does.
 * Unlike AbortSignal.any, it leaves no listeners on a signal that lives longer than the work.
 */
export async function followSignals<T>(
  signals: readonly AbortSignal[],
  work: (own: AbortController) => Promise<T>,
): Promise<T> {
  const own = new AbortController()
  const follow = ({target}: Pick<Event, 'target'>): void => own.abort((target as AbortSignal).reason)
  for (const signal of signals) {
    if (signal.aborted) follow({target: signal})
    else signal.addEventListener('abort', follow, {once: true})
  }
  try {
    return await work(own)
  } finally {
    for (const signal of signals) signal.removeEventListener('abort', follow)
  }
}
