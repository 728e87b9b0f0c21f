/** The flags that scripts and unit files rely on: a change of names, types, defaults or variables must be intended. */
import assert from 'node:assert/strict'
import {readFile, writeFile} from 'node:fs/promises'
import {COMMANDS} from '../../src/commands/index.js'

const file = new URL('contract.json', import.meta.url)

type Flag = {
  readonly type: 'boolean' | 'option'
  readonly char?: string
  readonly env?: string
  readonly multiple?: boolean
  readonly options?: readonly string[]
  readonly exclusive?: readonly string[]
  readonly hidden?: boolean
  readonly default?: unknown
  readonly defaultHelp?: () => Promise<string>
}

async function contractOf(flag: Flag) {
  const {type, char, env, multiple, options, exclusive, hidden} = flag
  const fallback = flag.defaultHelp
    ? await flag.defaultHelp()
    : (flag.default ?? (type === 'boolean' ? false : undefined))
  return {type, char, env, default: fallback, multiple: multiple || undefined, options, exclusive, hidden}
}

async function contract(): Promise<unknown> {
  const commands = await Promise.all(
    Object.entries(COMMANDS).map(async ([name, {flags}]) => {
      const entries = Object.entries(flags as Record<string, Flag>).sort(([a], [b]) => (a < b ? -1 : 1))
      const contracts = await Promise.all(
        entries.map(async ([flag, definition]) => [flag, await contractOf(definition)]),
      )
      return [name, Object.fromEntries(contracts) as unknown]
    }),
  )
  return JSON.parse(JSON.stringify(Object.fromEntries(commands)))
}

describe('the contract of the flags', () => {
  it('is contract.json', async () => {
    const current = await contract()
    if (process.env['UPDATE_GOLDEN']) await writeFile(file, `${JSON.stringify(current, undefined, 2)}\n`)
    assert.deepEqual(current, JSON.parse(await readFile(file, 'utf8')))
  })
})
