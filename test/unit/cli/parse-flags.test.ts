import assert from 'node:assert/strict'
import {Flags} from '@oclif/core'
import {withEnvironment} from '../../../src/cli/flags/named.js'
import {parseFlags, parseFlagsAndWords} from '../../../src/cli/parse-flags.js'
import {UsageError} from '../../../src/cli/usage-error.js'
import {port} from '../../../src/cli/values.js'

const definitions = withEnvironment({
  filename: Flags.string({char: 'f', multiple: true}),
  'health-check': Flags.boolean({default: true}),
  'health-port': Flags.custom<number>({default: 7331, parse: async (text) => port(text)})(),
  json: Flags.boolean({exclusive: ['model']}),
  'listen-port': Flags.custom<number>({multiple: true, parse: async (text) => port(text)})(),
  level: Flags.option({options: ['info', 'debug'] as const, default: async () => 'info' as const})(),
  model: Flags.boolean({exclusive: ['json']}),
})

const parse = (line: string, environment = {}) =>
  parseFlags(definitions, line.split(' ').filter(Boolean), environment)

const defaults = {
  filename: undefined,
  'health-check': true,
  'health-port': 7331,
  json: false,
  level: 'info',
  'listen-port': undefined,
  model: false,
}

async function refusal(line: string, environment = {}): Promise<string> {
  const error: unknown = await parse(line, environment).catch((error: unknown) => error)
  assert.ok(error instanceof UsageError, `nothing was refused: ${JSON.stringify(error)}`)
  return error.hint === undefined ? error.message : `${error.message} | ${error.hint}`
}

describe('parseFlags', () => {
  it('returns the defaults', async () => {
    assert.deepEqual(await parse(''), defaults)
  })

  for (const [line, value] of [
    ['--health-check', true],
    ['--health-check=true', true],
    ['--health-check=T', true],
    ['--health-check=1', true],
    ['--health-check=false', false],
    ['--health-check=F', false],
    ['--health-check=0', false],
    ['--no-health-check', false],
    ['--no-health-check --health-check', true],
    ['--health-check --health-check=false', false],
  ] as const) {
    it(`reads ${line} as ${value}`, async () => {
      assert.equal((await parse(line))['health-check'], value)
    })
    const text = line.split('=')[1]
    if (text !== undefined && !line.includes(' ')) {
      it(`reads LBEX_HEALTH_CHECK=${text} as ${value}`, async () => {
        assert.equal((await parse('', {LBEX_HEALTH_CHECK: text}))['health-check'], value)
      })
    }
  }

  it('accepts values after a space and after an equals sign, and repeatable flags in all forms', async () => {
    const flags = await parse('--health-port 80 -f a -fb -f=c --filename d --filename=e -f -')
    assert.deepEqual([flags['health-port'], flags['filename']], [80, ['a', 'b', 'c', 'd', 'e', '-']])
  })

  it('accepts values that look like flags', async () => {
    const flags = await parse('--filename=--json -f -x')
    assert.deepEqual([flags['filename'], flags['json']], [['--json', '-x'], false])
  })

  it('uses the last of several values', async () => {
    assert.equal((await parse('--health-port 80 --health-port 81'))['health-port'], 81)
  })

  it('reads the environment; the command line takes precedence', async () => {
    const environment = {LBEX_HEALTH_PORT: '80', LBEX_FILENAME: 'a, b', LBEX_JSON: 'true'}
    assert.deepEqual(await parse('--no-json', environment), {
      ...defaults,
      'health-port': 80,
      filename: ['a', 'b'],
      json: false,
    })
  })

  it('ignores a variable whose flag excludes a flag on the command line, whichever of the two declares it', async () => {
    for (const [typed, other] of [
      ['json', 'model'],
      ['model', 'json'],
    ] as const) {
      const flags = await parse(`--${typed}`, {[`LBEX_${other.toUpperCase()}`]: 'true'})
      assert.deepEqual([flags[typed], flags[other]], [true, false])
    }
    assert.equal((await parse('--model=false', {LBEX_JSON: 'true'}))['json'], true)
  })

  it('ignores empty variables', async () => {
    assert.deepEqual(await parse('', {LBEX_HEALTH_PORT: '', LBEX_FILENAME: '', LBEX_JSON: ''}), defaults)
  })

  it('ignores the LBEX_HEALTH_PORT that Kubernetes injects for a Service lbex-health', async () => {
    assert.deepEqual(await parse('', {LBEX_HEALTH_PORT: 'tcp://10.0.0.1:7331'}), defaults)
  })

  const forms = 'must be true or false (also 1, t, T, TRUE, True, 0, f, F, FALSE, False), this is "banana"'
  const cases: Array<[string, string, Record<string, string>?]> = [
    ['--health-check=banana', `--health-check: ${forms}`],
    ['', `LBEX_HEALTH_CHECK: ${forms}`, {LBEX_HEALTH_CHECK: 'banana'}],
    ['--no-health-check=true', '--no-health-check does not take a value | write --health-check=true'],
    [
      '--health-check false',
      'unexpected argument "false" | write the value of a boolean flag after an equals sign: --flag=false',
    ],
    ['a.yaml', 'unexpected argument "a.yaml" | name manifests with -f PATH'],
    ['-- a.yaml', 'unexpected argument "a.yaml" | name manifests with -f PATH'],
    ['--health-port', '--health-port needs a value'],
    [
      '--listen-port 80,81',
      '--listen-port: must be a port from 1 to 65535, this is "80,81" | repeat the flag for each value: --listen-port 80 --listen-port 81',
    ],
    ['', 'LBEX_LISTEN_PORT: must be a port from 1 to 65535, this is "x"', {LBEX_LISTEN_PORT: '80,x'}],
    ['--health-port=x', '--health-port: must be a port from 1 to 65535, this is "x"'],
    ['', 'LBEX_HEALTH_PORT: must be a port from 1 to 65535, this is "70000"', {LBEX_HEALTH_PORT: '70000'}],
    ['--helth-port=80', 'unknown flag --helth-port | did you mean --health-port?'],
    ['--something-else', 'unknown flag --something-else'],
    ['-x', 'unknown flag -x'],
    ['-health-port=80', 'unknown flag -health-port | did you mean --health-port?'],
    ['-health-port 80', 'unknown flag -health-port | did you mean --health-port?'],
    ['--level=debugg', '--level: must be one of info, debug, this is "debugg" | did you mean debug?'],
    ['', 'LBEX_LEVEL: must be one of info, debug, this is "loud"', {LBEX_LEVEL: 'loud'}],
    ['--json --model', '--json and --model cannot be used together | use only one of them'],
    [
      '',
      'LBEX_JSON and LBEX_MODEL cannot be used together | use only one of them',
      {LBEX_JSON: 'true', LBEX_MODEL: '1'},
    ],
  ]
  for (const [line, message, environment] of cases) {
    it(`rejects ${line || JSON.stringify(environment)}`, async () => {
      assert.equal(await refusal(line, environment), message)
    })
  }

  it('accepts flags that exclude each other if one is off', async () => {
    assert.equal((await parse('--json --model=false'))['json'], true)
  })

  it('rethrows errors that are not usage errors', async () => {
    const bug = new TypeError('x is not a function')
    const broken = {broken: Flags.custom<string>({parse: () => Promise.reject(bug)})()}
    await assert.rejects(parseFlags(broken, ['--broken=1'], {}), bug)
  })
})

describe('parseFlagsAndWords', () => {
  const words = async (...argv: string[]) => {
    const {flags, words} = await parseFlagsAndWords(definitions, argv, {LBEX_FILENAME: 'x'})
    return [words, flags['filename'], flags['json']]
  }

  it('returns positional arguments in order, also between flags', async () => {
    assert.deepEqual(await words('a', '--json', 'b', '-', '--filename', 'f'), [['a', 'b', '-'], ['f'], true])
    assert.deepEqual(await words('a', '--', '--json', '-x'), [['a', '--json', '-x'], ['x'], false])
    assert.deepEqual(await words(), [[], ['x'], false])
  })

  it('rejects unknown flags too', async () => {
    await assert.rejects(parseFlagsAndWords(definitions, ['a', '--jsn'], {}), {name: 'UsageError'})
  })
})
