import assert from 'node:assert/strict'
import {appendFile, readFile, writeFile} from 'node:fs/promises'
import {join} from 'node:path'
import {ErrorLog} from '../../../../../src/dataplane/nginx/process/error-log.js'
import {SteppingClock} from '../../../../support/nginx-clock.js'
import {RecordingLogger} from '../../../../support/nginx-log.js'
import {temporaryFolder, type TemporaryFolder} from '../../../../support/temporary-folder.js'

const line = (level: string, text: string, pid = 7): string =>
  `2025/01/31 12:00:00 [${level}] ${pid}#${pid}: ${text}\n`

describe('ErrorLog', () => {
  let folder: TemporaryFolder
  let path: string
  let clock: SteppingClock
  let log: RecordingLogger
  let errorLog: ErrorLog

  beforeEach(async () => {
    folder = await temporaryFolder()
    path = join(folder.path, 'error.log')
    clock = new SteppingClock(5000)
    log = new RecordingLogger()
    errorLog = new ErrorLog({path, log, clock, linesPerSecond: 2, rotateAt: 1000})
    await writeFile(path, line('emerg', 'long ago'))
    await errorLog.open()
  })

  afterEach(async () => {
    await errorLog.close()
    await folder.remove()
  })

  it('logs lines at their level, and other text at level debug', async () => {
    const levels = ['emerg', 'alert', 'crit', 'error', 'warn', 'notice', 'info', 'debug']
    for (const level of levels) {
      clock.advance(1000)
      await appendFile(path, line(level, `a ${level}`))
      await errorLog.poll()
    }
    await appendFile(path, 'something else\n')
    await errorLog.poll()
    assert.deepEqual(log.entries, [
      {level: 'error', message: 'NGINX logged', fields: {nginxLevel: 'emerg', text: 'a emerg'}},
      {level: 'error', message: 'NGINX logged', fields: {nginxLevel: 'alert', text: 'a alert'}},
      {level: 'error', message: 'NGINX logged', fields: {nginxLevel: 'crit', text: 'a crit'}},
      {level: 'warn', message: 'NGINX logged', fields: {nginxLevel: 'error', text: 'a error'}},
      {level: 'warn', message: 'NGINX logged', fields: {nginxLevel: 'warn', text: 'a warn'}},
      ...['notice', 'info', 'debug'].map((level) => ({
        level: 'debug',
        message: 'NGINX logged',
        fields: {line: line(level, `a ${level}`).trim()},
      })),
      {level: 'debug', message: 'NGINX logged', fields: {line: 'something else'}},
    ])
  })

  it('does not log the expected error of a worker that stays root', async () => {
    await appendFile(path, line('emerg', 'initgroups(root, 0) failed (1: Operation not permitted)'))
    await appendFile(path, line('emerg', 'initgroups(nobody, 65534) failed (1: Operation not permitted)'))
    await errorLog.poll()
    assert.deepEqual(
      log.entries.map(({level}) => level),
      ['debug', 'error'],
    )
  })

  it('does not log an error for a connection that lbex ended', async () => {
    const where = 'while proxying and reading from upstream, client: 127.0.0.1'
    const ended = `*3 recv() failed (103: Software caused connection abort) ${where}`
    await appendFile(path, line('alert', ended))
    await appendFile(path, line('error', `*3 recv() failed (104: Connection reset by peer) ${where}`))
    await errorLog.poll()
    assert.deepEqual(
      log.entries.map(({level}) => level),
      ['debug', 'warn'],
    )
  })

  it('counts lines above the limit of a second, and logs the count when the second is over', async () => {
    for (let number = 1; number <= 5; number++) await appendFile(path, line('error', `${number}`))
    await errorLog.poll()
    assert.deepEqual(
      log.entries.map(({fields}) => fields.text),
      ['1', '2'],
    )
    clock.advance(1000)
    await errorLog.poll()
    assert.deepEqual(log.entries.at(-1), {
      level: 'warn',
      message: 'NGINX log lines were dropped',
      fields: {count: 3},
    })
    await appendFile(path, line('error', '6'))
    await errorLog.poll()
    assert.equal(log.entries.at(-1)?.fields.text, '6')
  })

  it('keeps the emergencies of each process until forgetEmergencies', async () => {
    await appendFile(path, line('emerg', 'one', 7) + line('emerg', 'two', 8) + line('error', 'no', 7))
    assert.deepEqual(await errorLog.emergenciesOf(7), ['one'])
    await appendFile(path, line('emerg', 'three', 7))
    assert.deepEqual(await errorLog.emergenciesOf(7), ['one', 'three'])
    await appendFile(path, line('emerg', 'four', 7))
    await errorLog.forgetEmergencies()
    assert.deepEqual(await errorLog.emergenciesOf(7), [])
  })

  it('renames a large file once', async () => {
    let reopened = 0
    const rotate = (): Promise<void> => errorLog.rotateWhenLarge(() => (reopened += 1))
    await rotate()
    assert.equal(reopened, 0)
    await appendFile(path, line('notice', 'x'.repeat(1000)))
    await rotate()
    assert.equal(reopened, 1)
    assert.match(await readFile(`${path}.1`, 'utf8'), /xxx/)
    await rotate()
    assert.equal(reopened, 1)
  })
})
