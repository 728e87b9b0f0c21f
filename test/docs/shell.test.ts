import assert from 'node:assert/strict'
import {isOutput} from './session.js'
import {commandLines, stepsOf} from './shell.js'

const wordsIn = (script: string) => commandLines(script).map(({words}) => words)

describe('docs: the shell as the tests of the docs read it', () => {
  it('finds each command with its words', () => {
    assert.deepEqual(wordsIn(`a "b c" 'd e' f\\ g # h\ni --j=k | l && m; n || o &\n`), [
      ['a', 'b c', 'd e', 'f g'],
      ['i', '--j=k'],
      ['l'],
      ['m'],
      ['n'],
      ['o'],
    ])
  })

  it('joins lines, keeps redirections apart, leaves out what is given as input, and counts lines', () => {
    const script =
      'a b \\\n  c >out 2>&1 <in\nX=1 Y="2 3" cat > f <<\'END\'\n; not | commands\nEND\nlast "$(d e)"\n'
    assert.deepEqual(commandLines(script), [
      {line: 0, variables: [], words: ['a', 'b', 'c'], files: ['out', 'in']},
      {line: 2, variables: ['X=1', 'Y=2 3'], words: ['cat'], files: ['f']},
      {line: 5, variables: [], words: ['last', '$(d e)'], files: []},
    ])
  })

  it('refuses a quote that is not closed', () => {
    assert.throws(() => commandLines("it's\n"), /would not understand: 's/)
  })

  it('reads a session', () => {
    assert.deepEqual(stepsOf('$ a \\\n> b\nout\n\n$ c\n'), [
      {line: 0, command: 'a \\\nb', output: 'out\n\n'},
      {line: 4, command: 'c', output: ''},
    ])
    assert.throws(() => stepsOf('a\n'), /begins with a line like/)
  })

  it('compares what is shown with what is printed', () => {
    const printed = {stdout: 'one\ntwo\n', stderr: 'three (3 ms)\n'}
    const fitting = [
      'one\ntwo\n',
      'three (... ms)\n',
      'one\ntwo\nthree (3 ms)',
      'three (3 ms)\none\ntwo',
      'one\n...',
    ]
    assert.deepEqual(
      fitting.filter((shown) => !isOutput(shown, printed)),
      [],
    )
    assert.equal(isOutput('one\n', printed), false)
    assert.equal(isOutput('on.\ntwo', printed), false)
  })
})
