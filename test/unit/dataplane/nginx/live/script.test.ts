/** templates/live.js outside NGINX: what it answers, and that nothing makes it throw. */
import assert from 'node:assert/strict'

type Session = {
  variables: Record<string, string | undefined>
  on(event: string, callback: (data: string) => void): void
  off(event: string): void
  done(): void
}
type Script = {pick(s: Session): string; control(s: Session): void}

const KEY = '0123456789abcdef0123456789abcdef'
const NAME = '5f1c2a3b4d5e_8080_tcp_ipv4'

class Dictionary {
  readonly map = new Map<string, string>()
  get = (name: string) => this.map.get(name)
  set = (name: string, value: string) => void this.map.set(name, value)
  delete = (name: string) => this.map.delete(name)
  keys = () => [...this.map.keys()]
}

describe('the script of live updates', () => {
  let script: Script
  let shared: {lbex: Dictionary}

  before(async () => {
    const address = new URL('../../../../../templates/live.js', import.meta.url).href
    script = ((await import(address)) as {default: Script}).default
  })

  beforeEach(() => {
    shared = {lbex: new Dictionary()}
    Object.assign(globalThis, {ngx: {shared}})
  })

  after(() => {
    Reflect.deleteProperty(globalThis, 'ngx')
  })

  function pick({key = KEY, connection = 1} = {}): string {
    return script.pick(session({lbex_upstream: NAME, lbex_key: key, connection: `${connection}`}))
  }

  /** What the control server answers to these parts of a request. */
  function ask(...parts: string[]): unknown {
    const s = session({lbex_key: KEY})
    let listener: (data: string) => void = () => {}
    let isDone = false
    script.control({
      ...s,
      on: (_, callback) => (listener = callback),
      off: () => (listener = () => {}),
      done: () => (isDone = true),
    })
    for (const [index] of parts.entries()) listener(parts.slice(0, index + 1).join(''))
    assert.equal(isDone, s.variables.lbex_reply !== undefined)
    return isDone ? JSON.parse(s.variables.lbex_reply ?? '') : undefined
  }

  function change(content: object): unknown {
    return ask(`${JSON.stringify({key: KEY, revision: 1, set: {}, remove: [], ...content})}\n`)
  }

  it('leaves the choice to the upstream without an entry', () => {
    assert.equal(pick(), NAME)
  })

  it('uses the slots of an entry', () => {
    assert.deepEqual(change({set: {[NAME]: '12:10.0.0.1:80 10.0.0.10:80'}}), {revision: 1})
    assert.deepEqual([pick(), pick({connection: 2})].sort(), ['10.0.0.10:80', '10.0.0.1:80'])
  })

  // NGINX numbers the connection to a server too, so that those of clients may be every second one, or fewer.
  for (const step of [1, 2, 3, 4, 7]) {
    it(`uses the slots evenly if connections ${step} numbers apart are of this upstream`, () => {
      for (const count of [2, 3, 10]) {
        const slots = Array.from({length: count}, (_, index) => `10.0.0.${index}:80`)
        change({set: {[NAME]: `11:${slots.join('')}`}})
        const uses = new Map<string, number>()
        for (let index = 0; index < 100 * count; index += 1) {
          const server = pick({connection: 1_000_000 + index * step})
          uses.set(server, (uses.get(server) ?? 0) + 1)
        }
        const counts = [...uses.values()]
        assert.equal(counts.length, count)
        assert.ok(Math.min(...counts) >= 90 && Math.max(...counts) <= 110, `${count}: ${counts.join()}`)
      }
    })
  }

  it('refuses clients when the entry has no server', () => {
    change({set: {[NAME]: '1:'}})
    assert.equal(pick(), 'lbex_refuse')
  })

  it('ignores an entry from before the configuration, and removes it when it is asked to read', () => {
    change({set: {[NAME]: '11:10.0.0.1:80'}})
    assert.equal(pick({key: 'f'.repeat(32)}), NAME)
    assert.equal(script.pick(session({lbex_upstream: NAME})), NAME)
    shared.lbex.set('old', `${'f'.repeat(32)} 1 1:`)
    assert.deepEqual(ask(`{"key":"${KEY}"}\n`), {revision: 1, entries: {[NAME]: '11:10.0.0.1:80'}})
    assert.deepEqual(shared.lbex.keys(), [NAME, '/revision'])
  })

  it('answers with the entries in parts that fit in the buffer of a socket, and removes the old ones', () => {
    const entry = `11:${'10.0.0.1:80'.repeat(100)}`
    const names = Array.from({length: 200}, (_, index) => `upstream_${index}`)
    for (const name of names) {
      change({set: {[name]: entry}})
      shared.lbex.set(`old_${name}`, `${'f'.repeat(32)} 1 ${entry}`)
    }
    const found: string[] = []
    for (let from: number | undefined = 0; from !== undefined;) {
      const answer = ask(`${JSON.stringify({key: KEY, from})}\n`) as {entries: object; next?: number}
      assert.ok(JSON.stringify(answer).length < 80_000)
      found.push(...Object.keys(answer.entries))
      from = answer.next
    }
    assert.deepEqual(found, names)
    assert.deepEqual(shared.lbex.keys().sort(), [...names, '/revision'].sort())
  })

  it('removes entries', () => {
    change({set: {[NAME]: '1:'}})
    change({revision: 2, remove: [NAME, 'unknown']})
    assert.deepEqual(ask(`{"key":"${KEY}"}\n`), {revision: 2, entries: {}})
    assert.equal(pick(), NAME)
  })

  it('waits for the whole request', () => {
    assert.equal(ask('{"key"'), undefined)
    assert.deepEqual(ask('{"key"', `:"${KEY}"}`, '\n'), {revision: 0, entries: {}})
  })

  for (const [what, request] of [
    ['without a key', {}],
    ['with another key', {key: 'f'.repeat(32)}],
    ['with a key of another type', {key: [KEY]}],
  ] as const) {
    it(`refuses a request ${what}`, () => {
      assert.deepEqual(ask(`${JSON.stringify(request)}\n`), {error: 'key'})
    })
  }

  for (const [what, content] of Object.entries({
    'revision 0': {revision: 0},
    'a revision that is not whole': {revision: 1.5},
    'a name with a slash': {set: {'/revision': '1:'}},
    'a name with a space': {set: {'a b': '1:'}},
    'an entry without a width': {set: {[NAME]: ':'}},
    'an entry with the width 0': {set: {[NAME]: '0:'}},
    'slots of another width': {set: {[NAME]: '12:10.0.0.1:80'}},
    'a host name': {set: {[NAME]: '10:example:80'}},
    'a unix socket': {set: {[NAME]: '9:unix:/a:1'}},
    'a server without a port': {set: {[NAME]: '8:10.0.0.1'}},
    'an entry that is not text': {set: {[NAME]: 7}},
    'no entries': {set: null},
    'a list that is not one': {remove: 'a'},
    'a name to remove that is not one': {remove: ['/revision']},
  })) {
    it(`refuses ${what}, and changes nothing`, () => {
      const answer = change(content) as {error?: string}
      assert.equal(typeof answer.error, 'string')
      assert.deepEqual(shared.lbex.keys(), [])
    })
  }

  it('refuses what is not JSON', () => {
    for (const text of ['\n', 'garbage\n', 'null\n', '[]\n', '"text"\n'])
      assert.equal(typeof (ask(text) as {error?: string}).error, 'string', text)
  })

  it('says so if the dictionary does not take an entry', () => {
    shared.lbex.set = () => {
      throw new Error('not enough shared memory')
    }
    assert.deepEqual(change({set: {[NAME]: '1:'}}), {error: 'not enough shared memory'})
  })

  it('lets the upstream serve if the dictionary fails', () => {
    change({set: {[NAME]: '11:10.0.0.1:80'}})
    shared.lbex.get = () => {
      throw new Error('broken')
    }
    assert.equal(pick(), NAME)
  })

  it('lets the upstream serve if an entry is damaged', () => {
    for (const damaged of ['', ' ', ':', KEY, `${KEY} 1 x:10.0.0.1:80`, `${KEY} 1 0:10.0.0.1:80`]) {
      shared.lbex.set(NAME, damaged)
      assert.equal(pick(), NAME, damaged)
    }
  })
})

function session(variables: Session['variables']): Session {
  return {variables, on: () => {}, off: () => {}, done: () => {}}
}
