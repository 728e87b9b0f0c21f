/**
 * What is to be cleaned up when the tests are interrupted: no hook runs then, and mocha itself dies of the signal without an
 * `exit` event.
 */
const cleaners = new Set<() => void>()
const EXIT_CODES = {SIGINT: 130, SIGTERM: 143, SIGHUP: 129} as const

/** Calls `clean`, which has no time to wait, where this process ends before the returned function is called. */
export function whenAbandoned(clean: () => void): () => void {
  cleaners.add(clean)
  if (cleaners.size === 1) listen()
  return () => {
    if (cleaners.delete(clean) && cleaners.size === 0) stopListening()
  }
}

function listen(): void {
  process.on('exit', cleanUp)
  for (const signal of signals()) process.on(signal, exit)
}

function stopListening(): void {
  process.off('exit', cleanUp)
  for (const signal of signals()) process.off(signal, exit)
}

function signals(): (keyof typeof EXIT_CODES)[] {
  return Object.keys(EXIT_CODES) as (keyof typeof EXIT_CODES)[]
}

function exit(signal: keyof typeof EXIT_CODES): void {
  process.exit(EXIT_CODES[signal])
}

/** One that fails keeps none of the others. */
function cleanUp(): void {
  for (const clean of cleaners) {
    try {
      clean()
    } catch (error) {
      console.error(error)
    }
  }
}
