import assert from 'node:assert/strict'
import {Writable} from 'node:stream'
import {createLogger, type LoggerOptions} from '../../../src/cli/logger.js'
import {withLogFields} from '../../../src/util/log-context.js'

class Lines extends Writable {
  text = ''
  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.text += chunk.toString()
    done()
  }
}

async function logged(options: Pick<LoggerOptions, 'format' | 'level'>): Promise<string> {
  const destination = new Lines()
  const log = createLogger({...options, colour: false, destination})
  log.debug('a detail')
  log.info('applied', {
    generation: 'abc',
    reloads: 1,
    place: 'a b.yaml:1',
    quarantined: [{name: 'a'}],
    text: 'x\ny',
  })
  log.warn('careful', {pid: 7, name: 'x'})
  log.error('failed')
  await new Promise((resolve) => setImmediate(resolve))
  return destination.text
}

describe('createLogger', () => {
  for (const format of ['json', 'text'] as const) {
    it(`escapes foreign text in ${format}`, async () => {
      const destination = new Lines()
      const log = createLogger({format, level: 'info', colour: false, destination})
      log.info('x', {name: '\u009B31m\u202E', command: '##[error]x'})
      await new Promise((resolve) => setImmediate(resolve))
      assert.match(destination.text, /\\u009b31m\\u202e/)
      assert.doesNotMatch(destination.text, /[^\n\x20-\x7E]|##\[/)
    })
  }

  it('writes a JSON object for each line', async () => {
    const text = await logged({format: 'json', level: 'info'})
    const lines = text
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as {time: string})
    assert.ok(lines.every(({time}) => !Number.isNaN(Date.parse(time))))
    assert.deepEqual(
      lines.map((line) => ({...line, time: undefined})),
      [
        {
          level: 'info',
          time: undefined,
          generation: 'abc',
          reloads: 1,
          place: 'a b.yaml:1',
          quarantined: [{name: 'a'}],
          text: 'x\ny',
          msg: 'applied',
        },
        {level: 'warn', time: undefined, pid: 7, name: 'x', msg: 'careful'},
        {level: 'error', time: undefined, msg: 'failed'},
      ],
    )
  })

  it('writes a line for people', async () => {
    const text = (await logged({format: 'text', level: 'debug'})).replace(/\d\d:\d\d:\d\d\.\d{3}/g, 'TIME')
    assert.equal(
      text,
      [
        '[TIME] DEBUG: a detail',
        '[TIME] INFO: applied generation=abc reloads=1 place="a b.yaml:1" quarantined=[{"name":"a"}] text="x\\ny"',
        '[TIME] WARN: careful pid=7 name=x',
        '[TIME] ERROR: failed',
        '',
      ].join('\n'),
    )
  })

  it('adds the fields of the current task', async () => {
    const destination = new Lines()
    const log = createLogger({format: 'text', level: 'info', colour: false, destination})
    await withLogFields({reconcile: 7}, async () => log.info('applied', {reloads: 1}))
    await new Promise((resolve) => setImmediate(resolve))
    assert.match(destination.text, /INFO: applied reloads=1 reconcile=7\n/)
  })

  it('leaves out what is less severe than the level', async () => {
    assert.match(await logged({format: 'text', level: 'error'}), /^\[[\d:.]+\] ERROR: failed\n$/)
  })
})
