// assert.ok without a message reads the source of the failed call from its file, to quote it. tsx puts a whole module on one line, so
// the place does not fit the file, and Node.js parses the rest of the file again from each of its characters: for minutes. With a
// message it does not. The stack of the error names the line.
import assert from 'node:assert/strict'

/** As assert.ok. @param {unknown} value @param {string | Error} [message] */
assert.ok = function ok(value, message = `expected a truthy value, got ${String(value)}`) {
  if (value) return
  if (message instanceof Error) throw message
  throw new assert.AssertionError({message, actual: value, expected: true, operator: '==', stackStartFn: ok})
}
