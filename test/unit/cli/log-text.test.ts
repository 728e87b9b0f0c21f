import assert from 'node:assert/strict'
import {journalPrefix, onOneLine, textOf, wrap} from '../../../src/cli/log-text.js'

const FINDING = {
  ...{level: 50, time: 1, msg: 'diagnostic appeared', component: 'controller', reconcile: 1},
  ...{object: 'Service default/web', code: 'port-held', problem: 'the port is in use'},
}

describe('the text of a log line', () => {
  it('begins with the object of a finding', () => {
    assert.equal(textOf(FINDING), 'Service default/web: port-held: the port is in use')
    assert.equal(
      textOf({...FINDING, location: 'a.yaml:3:3', field: 'spec.ports[0]', hint: 'stop it', cleared: true}),
      `cleared: Service default/web: port-held: the port is in use
    at a.yaml:3:3, spec.ports[0]
    hint: stop it`,
    )
  })

  it('is a sentence without fields for an event', () => {
    assert.equal(
      textOf({level: 30, time: 1, msg: 'closed a', event: {type: 'closed'}, reconcile: 1}),
      'closed a',
    )
  })

  it('has the fields of other lines', () => {
    assert.equal(textOf({level: 30, time: 1, msg: 'done', text: 'a b', count: 1}), 'done text="a b" count=1')
  })

  it('is broken between words, with hanging indents', () => {
    const red = '\u001B[31m'
    assert.equal(wrap('short\n', 10), 'short\n')
    assert.equal(wrap(`${red}one two three four`, 12), `${red}one two\n    three\n    four`)
    assert.equal(wrap('    hint: one two', 12), '    hint:\n        one\n        two')
    assert.equal(wrap('a-word-that-is-longer-than-a-line b', 10), 'a-word-that-is-longer-than-a-line\n    b')
    assert.equal(wrap('one two three', Infinity), 'one two three')
  })

  it('has a priority and a single line in the journal', () => {
    assert.deepEqual([50, 40, 30, 20, undefined].map(journalPrefix), ['<3>', '<4>', '<6>', '<7>', '<6>'])
    assert.equal(onOneLine('a\n    at b\n    hint: c'), 'a; at b; hint: c')
  })
})
