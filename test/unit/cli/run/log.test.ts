import assert from 'node:assert/strict'
import {isJournal} from '../../../../src/cli/run/log.js'

describe('the journal of systemd', () => {
  it('is known by the socket that JOURNAL_STREAM names', () => {
    const stream = {dev: 8, ino: 4711}
    assert.deepEqual(
      ['8:4711', '8:1', undefined].map((variable) => isJournal(variable, stream)),
      [true, false, false],
    )
  })
})
