import assert from 'node:assert/strict'
import {Writable} from 'node:stream'
import {createLoggers} from '../../../src/cli/logger.js'
import type {LogFormat} from '../../../src/cli/flags/log.js'
import {everywhere, type LogLevel, type LogLevels} from '../../../src/cli/log-levels.js'
import {withLogFields} from '../../../src/util/log-context.js'

class Lines extends Writable {
  text = ''
  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.text += chunk.toString()
    done()
  }
}

const written = () => new Promise((resolve) => setImmediate(resolve))

function newLoggers(format: LogFormat, levels: LogLevels) {
  const destination = new Lines()
  return {destination, logs: createLoggers({format, levels, colour: false, destination})}
}

async function logged(format: LogFormat, level: LogLevel): Promise<string> {
  const {destination, logs} = newLoggers(format, everywhere(level))
  const log = logs.controller
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
  await written()
  return destination.text
}

describe('createLoggers', () => {
  for (const format of ['json', 'text'] as const) {
    it(`escapes foreign text in ${format}`, async () => {
      const {destination, logs} = newLoggers(format, everywhere('info'))
      logs.api.info('x', {name: '\u009B31m\u202E', command: '##[error]x'})
      await written()
      assert.match(destination.text, /\\u009b31m\\u202e/)
      assert.doesNotMatch(destination.text, /[^\n\x20-\x7E]|##\[/)
    })
  }

  it('writes a JSON object for each line', async () => {
    const text = await logged('json', 'info')
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
          component: 'controller',
          msg: 'applied',
        },
        {level: 'warn', time: undefined, pid: 7, name: 'x', component: 'controller', msg: 'careful'},
        {level: 'error', time: undefined, component: 'controller', msg: 'failed'},
      ],
    )
  })

  it('writes a line for people', async () => {
    const text = (await logged('text', 'debug')).replace(/\d\d:\d\d:\d\d\.\d{3}/g, 'TIME')
    assert.equal(
      text,
      [
        '[TIME] DEBUG: a detail component=controller',
        '[TIME] INFO: applied generation=abc reloads=1 place="a b.yaml:1" quarantined=[{"name":"a"}] text="x\\ny" component=controller',
        '[TIME] WARN: careful pid=7 name=x component=controller',
        '[TIME] ERROR: failed component=controller',
        '',
      ].join('\n'),
    )
  })

  it('adds the fields of the current task', async () => {
    const {destination, logs} = newLoggers('text', everywhere('info'))
    await withLogFields({reconcile: 7}, async () => logs.nginx.info('applied', {reloads: 1}))
    await written()
    assert.match(destination.text, /INFO: applied reloads=1 component=nginx reconcile=7\n/)
  })

  it('has a level for each component', async () => {
    const {destination, logs} = newLoggers('text', {...everywhere('warn'), nginx: 'debug', api: 'error'})
    for (const log of [logs.process, logs.nginx, logs.api]) {
      log.debug('detail')
      log.warn('careful')
    }
    await written()
    assert.deepEqual(
      destination.text
        .replaceAll(/\[[\d:.]+\] /g, '')
        .trim()
        .split('\n'),
      ['WARN: careful component=process', 'DEBUG: detail component=nginx', 'WARN: careful component=nginx'],
    )
  })

  it('writes priorities instead of time stamps for the journal of systemd', async () => {
    for (const [format, lines] of [
      ['text', /^<6>applied reloads=1 component=nginx\n<3>Service a\/b: x: failed; hint: fix it\n$/],
      ['json', /^<6>\{"level":"info",.*\}\n<3>\{"level":"error",.*\}\n$/],
    ] as const) {
      const destination = new Lines()
      const {nginx} = createLoggers({
        ...{format, levels: everywhere('info'), colour: false, journal: true, destination},
      })
      nginx.info('applied', {reloads: 1})
      nginx.error('diagnostic appeared', {
        object: 'Service a/b',
        code: 'x',
        problem: 'failed',
        hint: 'fix it',
      })
      await written()
      assert.match(destination.text, lines)
    }
  })

  it('writes errors in red on a terminal, and breaks lines between words', async () => {
    const destination = new Lines()
    const {nginx} = createLoggers({
      ...{format: 'text', levels: everywhere('info'), colour: true, columns: () => 40, destination},
    })
    nginx.error('a sentence that is longer than the line')
    await written()
    const red = '\u001B[31m'
    assert.match(destination.text, /\n {4}\S/)
    assert.ok(destination.text.includes(`${red}a sentence`), JSON.stringify(destination.text))
  })

  it('leaves out what is less severe than the level', async () => {
    assert.match(await logged('text', 'error'), /^\[[\d:.]+\] ERROR: failed component=controller\n$/)
  })
})
