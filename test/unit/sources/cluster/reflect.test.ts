import assert from 'node:assert/strict'
import type {WatchEvent} from '../../../../src/kube/answers.js'
import type {Service} from '../../../../src/core/cluster/objects.js'
import {ENDPOINT_SLICES, ENDPOINTS, SERVICES} from '../../../../src/sources/cluster/kinds.js'
import {Reflector, type ReflectorUpdate} from '../../../../src/sources/cluster/reflect.js'
import {FakeClock} from '../../controller/fake-clock.js'
import {FakeLog} from '../../controller/fakes.js'
import {
  event,
  failing,
  object,
  page,
  saying,
  ScriptedAccess,
  silence,
  Speaker,
  failingAfter,
} from './scripted-access.js'

describe('sources/cluster/reflect', () => {
  let clock: FakeClock
  let access: ScriptedAccess
  let log: FakeLog
  let news: ReflectorUpdate[]
  let stopping: AbortController
  let running: Promise<void>[]

  beforeEach(() => {
    clock = new FakeClock()
    access = new ScriptedAccess(clock)
    log = new FakeLog()
    news = []
    stopping = new AbortController()
    running = []
  })
  afterEach(async () => {
    stopping.abort()
    await Promise.all(running)
  })

  /** `random` 0: no jitter, and a watch of 300 s. */
  async function reflector(namespace?: string): Promise<Reflector<Service>> {
    const made = new Reflector(
      {access, clock, log, random: () => 0},
      {kinds: [SERVICES], namespace, onUpdate: (item) => news.push(item)},
    )
    running.push(made.run(stopping.signal))
    await clock.advance(0)
    return made
  }

  const namesIn = ({store}: Reflector<Service>): string[] => store.values.map(({ref}) => ref.name)

  /** Watches, one after the other; then no watch sends anything. */
  function watches(...turns: ((signal: AbortSignal) => AsyncIterable<WatchEvent>)[]): void {
    access.onWatch = (_, signal) => turns.shift()?.(signal) ?? silence(signal)
  }

  it('lists page by page, then watches from there', async () => {
    access.onList = ({continueToken}) =>
      continueToken === undefined ? page([object('a')], '10', 'more') : page([object('b')], '10')
    const made = await reflector('shop')
    assert.deepEqual(
      access.asked.map(({at: _, ...asked}) => asked),
      [
        {verb: 'list', plural: 'services', namespace: 'shop', limit: 500, continueToken: undefined},
        {verb: 'list', plural: 'services', namespace: 'shop', limit: 500, continueToken: 'more'},
        {verb: 'watch', plural: 'services', namespace: 'shop', resourceVersion: '10', timeoutSeconds: 300},
      ],
    )
    assert.deepEqual(namesIn(made), ['a', 'b'])
    assert.equal(made.synced, true)
    assert.deepEqual(news, [{changed: true}, {changed: false}])
  })

  it('requests a smaller page at once if one is too large, and keeps the size', async () => {
    access.onList = ({limit, continueToken}) => {
      if (continueToken !== undefined && limit! > 200) throw failing('api-page-too-large')
      return continueToken === undefined ? page([object('a')], '10', 'more') : page([object('b')], '10')
    }
    watches(() => saying([], failing('api-gone')))
    const made = await reflector()
    assert.deepEqual(namesIn(made), ['a', 'b'])
    assert.deepEqual(log.said, ['debug reading the cluster failed, retrying'])
    await clock.advance(5000)
    assert.deepEqual(
      access.asked.map(({limit, continueToken}) => [limit, continueToken]),
      [
        [500, undefined],
        [500, 'more'],
        [250, 'more'],
        [125, 'more'],
        [undefined, undefined],
        [125, undefined],
        [125, 'more'],
        [undefined, undefined],
      ],
    )
  })

  it('fails if eight objects are too large for a page', async () => {
    access.onList = () => {
      throw failing('api-page-too-large')
    }
    const made = await reflector()
    assert.deepEqual(
      access.asked.map(({limit}) => limit),
      [500, 250, 125, 62, 31, 15, 8],
    )
    assert.equal(made.failure?.code, 'api-page-too-large')
  })

  it('applies events, and reports those that change something', async () => {
    access.onList = () => page([object('a'), object('b')])
    watches((signal) =>
      (async function* () {
        yield event('MODIFIED', 'a', '11')
        yield event('MODIFIED', 'a', '12', {spec: {type: 'NodePort'}})
        yield event('DELETED', 'b', '13')
        yield event('ADDED', 'c', '14')
        yield event('BOOKMARK', '', '20')
        yield event('REWOUND', 'c', '21')
        yield* silence(signal)
      })(),
    )
    const made = await reflector()
    assert.deepEqual(namesIn(made), ['a', 'c'])
    assert.deepEqual(
      news.flatMap(({changed, object}) => (changed ? [object?.metadata.resourceVersion] : [])),
      [undefined, '12', undefined, '14'],
    )
    assert.deepEqual(log.said, ['debug an event of an unknown type is ignored'])
  })

  it('resumes at the last event or bookmark, at once if the server ended the watch regularly', async () => {
    watches((signal) =>
      (async function* () {
        yield event('ADDED', 'a', '11')
        yield event('BOOKMARK', '', '30')
        await clock.delay(300_000, signal)
      })(),
    )
    const made = await reflector()
    await clock.advance(300_000)
    assert.deepEqual(access.verbs, ['list', 'watch', 'watch'])
    assert.deepEqual([access.asked[2]?.resourceVersion, access.asked[2]?.at], ['30', 300_000])
    assert.deepEqual(made.counts, {lists: 1, watches: 2})
    assert.deepEqual(log.lines, [])
  })

  it('resumes after a broken connection, once it has verified the history', async () => {
    access.onList = () => page([object('a')], '11')
    watches(() => saying([event('ADDED', 'b', '12')], failing('api-connection')))
    access.onList = ({limit}) => page([object('a')], limit === 1 ? '12' : '11')
    const made = await reflector()
    assert.equal(made.failure?.code, 'api-connection')
    await clock.advance(500)
    assert.deepEqual(access.verbs, ['list', 'watch', 'probe', 'watch'])
    assert.equal(access.asked[3]?.resourceVersion, '12')
    assert.equal(made.failure, undefined)
    assert.deepEqual(log.said, [
      'warn reading the cluster failed, retrying',
      'info reading the cluster works again',
    ])
  })

  for (const [what, probed] of [
    ['its resource versions start over', page([object('a')], '3')],
    [
      'an object is another one of the same name',
      page([{metadata: {...object('a').metadata, uid: 'new'}}], '40'),
    ],
    ['an object was not there before', page([object('z')], '40')],
    ['everything is gone', page([], '40')],
  ] as const) {
    it(`lists again after a broken connection when ${what}`, async () => {
      access.onList = ({limit}) => (limit === 1 ? probed : page([object('a')], '11'))
      watches(() => saying([], failing('api-connection')))
      await reflector()
      await clock.advance(1000)
      assert.deepEqual(access.verbs, ['list', 'watch', 'probe', 'list', 'watch'])
    })
  }

  it('lists again when resource versions start over in a watch', async () => {
    for (const type of ['ADDED', 'BOOKMARK']) {
      access.asked.length = 0
      watches(() => saying([event(type, 'a', '3')]))
      await reflector()
      await clock.advance(1000)
      assert.deepEqual(access.verbs, ['list', 'watch', 'list', 'watch'])
      stopping.abort()
      stopping = new AbortController()
    }
  })

  for (const [what, failure] of [
    ['410', failing('api-gone')],
    ['404', failing('api-absent', {status: 404})],
    ['403', failing('api-forbidden', {status: 403})],
  ] as const) {
    it(`lists again when the answer to a watch is ${what}`, async () => {
      watches(() => saying([], failure))
      await reflector()
      await clock.advance(1000)
      assert.deepEqual(access.verbs, ['list', 'watch', 'list', 'watch'])
    })
  }

  it('lists again after two watches without an event', async () => {
    const silent = (signal: AbortSignal): AsyncGenerator<WatchEvent> =>
      failingAfter(clock.delay(90_000, signal), failing('watch-silent'))
    watches(silent, silent)
    await reflector()
    await clock.advance(91_000)
    assert.deepEqual(access.verbs, ['list', 'watch', 'probe', 'watch'])
    await clock.advance(91_000)
    assert.deepEqual(access.verbs, ['list', 'watch', 'probe', 'watch', 'list', 'watch'])
    assert.deepEqual(
      log.said.filter((line) => !line.startsWith('debug')),
      [],
    )
  })

  it('lists soon after the server is back without the position', async () => {
    let away = false
    access.onList = () => {
      if (away) throw failing('api-refused')
      return page([object('a')], '10')
    }
    watches(
      (signal) => failingAfter(clock.delay(1000, signal), failing('api-connection')),
      () => saying([], failing('api-gone', {status: 410})),
    )
    await reflector()
    away = true
    await clock.advance(40_000)
    away = false
    await clock.advance(30_000)
    const [gone, list] = access.asked.slice(access.verbs.indexOf('watch', 2))
    assert.deepEqual(access.verbs.slice(-3), ['watch', 'list', 'watch'])
    assert.equal((list?.at ?? 0) - (gone?.at ?? 0), 500)
  })

  it('is not up to date after a watch whose position is gone', async () => {
    access.onList = () => page([object('a')])
    watches(
      () => saying([], failing('api-connection')),
      () => saying([], failing('api-gone', {status: 410})),
    )
    const made = await reflector()
    const {confirmedAt} = made
    access.onList = ({limit}) => {
      if (limit !== 1) throw failing('api-error', {status: 500})
      return page([object('a')])
    }
    await clock.advance(60_000)
    assert.deepEqual(access.verbs.slice(0, 5), ['list', 'watch', 'probe', 'watch', 'list'])
    assert.equal(made.confirmedAt, confirmedAt)
  })

  it('reports that the server answers again after it was unreachable', async () => {
    watches(() => saying([], failing('api-connection')))
    await reflector()
    await clock.advance(1000)
    assert.deepEqual(news.at(-1), {changed: false, back: true})
  })

  it('counts an error response as an answer, and resets the back-off', async () => {
    const answers = [...Array<string>(7).fill('api-refused'), 'api-forbidden', 'api-forbidden', '']
    access.onList = () => {
      const code = answers.shift()
      if (code) throw failing(code, code === 'api-forbidden' ? {status: 403} : {})
      return page([object('a')])
    }
    await reflector()
    await clock.advance(120_000)
    const pauses = access.asked.slice(1).map(({at}, index) => at - (access.asked[index]?.at ?? 0))
    assert.deepEqual(pauses, [500, 1000, 2000, 4000, 8000, 16_000, 30_000, 500, 1000, 0])
    assert.deepEqual(
      news.map(({back = false}) => back),
      [...Array<boolean>(7).fill(false), true, false, false, false],
    )
  })

  it('stays up to date while the server has nothing to send', async () => {
    const silent = (signal: AbortSignal): AsyncGenerator<WatchEvent> =>
      failingAfter(clock.delay(90_000, signal), failing('watch-silent'))
    watches(...Array<typeof silent>(12).fill(silent))
    const made = await reflector()
    let oldest = 0
    for (let step = 0; step < 100; step += 1) {
      await clock.advance(10_000)
      oldest = Math.max(oldest, clock.monotonic() - (made.confirmedAt ?? -Infinity))
    }
    assert.ok(oldest < 100_000, `${oldest} ms`)
  })

  it('changes nothing until a list is complete', async () => {
    access.onList = ({continueToken}) => {
      if (continueToken !== undefined && access.asked.length < 3) throw failing('api-gone', {status: 410})
      return continueToken === undefined ? page([object('a')], '10', 'more') : page([object('b')], '10')
    }
    const made = await reflector()
    assert.deepEqual([namesIn(made), made.synced, made.failure?.code], [[], false, 'api-gone'])
    await clock.advance(2000)
    assert.deepEqual([namesIn(made), made.synced], [['a', 'b'], true])
    assert.deepEqual(access.verbs, ['list', 'page', 'list', 'page', 'watch'])
  })

  it('keeps unchanged objects in a new list, and removes the others', async () => {
    const lists = [
      page([object('a'), object('b'), object('c')], '10'),
      page([object('a', '50'), object('c', '51', {spec: {type: 'NodePort'}})], '60'),
    ]
    access.onList = () => lists.shift()!
    watches(() => saying([], failing('api-gone')))
    const made = await reflector()
    const before = made.store.values
    await clock.advance(4000)
    assert.deepEqual(namesIn(made), ['a', 'c'])
    assert.equal(made.store.values[0], before[0])
    assert.notEqual(made.store.values[1], before[2])
  })

  it('reports no change if a new list is equal', async () => {
    access.onList = () => page([object('a')])
    watches(() => saying([], failing('api-gone')))
    const made = await reflector()
    const {values} = made.store
    news.length = 0
    await clock.advance(2000)
    assert.deepEqual(
      news.map(({changed}) => changed),
      [false, false],
    )
    assert.equal(made.store.values, values)
  })

  it('reads Endpoints if there are no EndpointSlices, and tries slices with each list', async () => {
    let slices = false
    access.onList = ({plural}) => {
      if (plural === 'endpointslices' && !slices) throw failing('api-absent', {status: 404})
      return page([])
    }
    const speaker = new Speaker()
    access.onWatch = (_, signal) => speaker.listen(signal)
    const made = new Reflector(
      {access, clock, log, random: () => 0},
      {kinds: [ENDPOINT_SLICES, ENDPOINTS], onUpdate: () => {}},
    )
    running.push(made.run(stopping.signal))
    await clock.advance(0)
    assert.deepEqual([made.kind, made.synced], [ENDPOINTS, true])
    slices = true
    speaker.say(failing('api-gone'))
    await clock.advance(5000)
    assert.equal(made.kind, ENDPOINT_SLICES)
    assert.deepEqual(
      access.asked.map(({verb, plural}) => `${verb} ${plural}`),
      [
        'list endpointslices',
        'list endpoints',
        'watch endpoints',
        'list endpointslices',
        'watch endpointslices',
      ],
    )
  })

  it('is confirmed by lists, events and bookmarks', async () => {
    const speaker = new Speaker()
    watches((signal) => speaker.listen(signal))
    const made = await reflector()
    assert.equal(made.confirmedAt, 0)
    await clock.advance(1000)
    speaker.say(event('REWOUND', 'a', '11'))
    await clock.advance(0)
    assert.equal(made.confirmedAt, 0)
    speaker.say(event('BOOKMARK', '', '12'))
    await clock.advance(500)
    assert.equal(made.confirmedAt, 1000)
    speaker.say(event('ADDED', 'a', '13'))
    await clock.advance(0)
    assert.equal(made.confirmedAt, 1500)
  })

  it('logs a failure once, and its end', async () => {
    await reflector()
    stopping.abort()
    stopping = new AbortController()
    log.lines = []
    access.onList = () => page([])
    watches(() => saying([], failing('api-connection')))
    await reflector()
    access.onList = () => {
      throw failing('api-refused')
    }
    await clock.advance(120_000)
    access.onList = () => page([])
    await clock.advance(60_000)
    const warnings = log.lines.filter(([level]) => level !== 'debug')
    assert.deepEqual(
      warnings.map(([level, message, fields]) => [level, message, fields?.code]),
      [
        ['warn', 'reading the cluster failed, retrying', 'api-connection'],
        ['warn', 'reading the cluster failed, retrying', 'api-refused'],
        ['info', 'reading the cluster works again', undefined],
      ],
    )
  })

  it('respects Retry-After', async () => {
    access.onList = () => {
      throw failing('api-busy', {status: 429, retryAfter: 20_000})
    }
    await reflector()
    await clock.advance(19_999)
    assert.equal(access.asked.length, 1)
    await clock.advance(1)
    assert.equal(access.asked.length, 2)
  })

  it('skips an object that it cannot read, with a warning', async () => {
    access.onList = () => page([object('a', '9', {spec: null}), object('b')])
    watches(() => saying([event('MODIFIED', 'b', '11', {spec: null}), event('ADDED', 'c', '12')]))
    const made = await reflector()
    assert.deepEqual(namesIn(made), ['b', 'c'])
    assert.deepEqual(
      log.lines.filter(([level]) => level === 'warn'),
      ['default/a', 'default/b'].map((name) => [
        'warn',
        'an object cannot be read; its last readable version is used, if there is one',
        {kind: 'Service', name, error: 'spec must be a mapping'},
      ]),
    )
  })

  it('continues after a bug, and logs its stack', async () => {
    access.onList = () => page([object('a')])
    watches(() => saying([], new TypeError('a bug')))
    const made = await reflector()
    assert.deepEqual([made.failure?.code, made.failure?.temporary], ['unexpected', true])
    const [level, , fields] =
      log.lines.find(([, message]) => message.startsWith('reading the cluster failed')) ?? []
    assert.deepEqual([level, fields?.['error']], ['warn', 'this is a bug in lbex: a bug'])
    assert.match(String(fields?.['stack']), /TypeError: a bug\n {4}at /)
    await clock.advance(60_000)
    assert.deepEqual([namesIn(made), made.failure], [['a'], undefined])
  })

  describe('sends no more than one request per second on average, when', () => {
    const MANY = Array.from({length: 10}, (_, index) => `more-${index}`)

    /** Ten pages, and then the end or a failure. */
    function pages(failure?: Error): void {
      access.onList = ({continueToken, limit}) => {
        const at = continueToken === undefined ? 0 : MANY.indexOf(continueToken) + 1
        if (failure && at === MANY.length) throw failure
        return limit === 1 ? page([]) : page([], '10', MANY[at])
      }
    }

    const cut = failing('api-connection')
    const FAULTS: Readonly<Record<string, () => void>> = {
      'nothing can be listed': () => {
        access.onList = () => {
          throw failing('api-error', {status: 500})
        }
      },
      'the server asks to come back after a second': () => {
        access.onList = () => {
          throw failing('api-busy', {status: 429, retryAfter: 1000})
        }
      },
      'the last of eleven pages is gone': () => pages(failing('api-gone', {status: 410})),
      'each watch is gone': () => {
        pages()
        access.onWatch = () => saying([], failing('api-gone'))
      },
      'each watch ends at once': () => {
        pages()
        access.onWatch = () => saying([])
      },
      'each watch is cut after an event': () => {
        let version = 10
        access.onList = () => page([], String(version))
        access.onWatch = () => saying([event('BOOKMARK', '', String(++version))], cut)
      },
      'each watch is gone after half a minute': () => {
        pages()
        access.onWatch = (_, signal) =>
          (async function* () {
            yield event('BOOKMARK', '', '11')
            await clock.delay(31_000, signal)
            throw failing('api-gone')
          })()
      },
      'each watch is forbidden': () => {
        pages()
        access.onWatch = () => {
          throw failing('api-forbidden', {status: 403})
        }
      },
      'every other request is cut, and the others are refused': () => {
        let asked = 0
        access.onList = () => {
          throw (asked += 1) % 2 === 0 ? cut : failing('api-error', {status: 500})
        }
      },
      'a position is looked up, and each watch from there is cut or refused': () => {
        let watched = 0
        access.onList = () => page([])
        access.onWatch = () => {
          throw (watched += 1) % 2 === 0 ? cut : failing('api-error', {status: 500})
        }
      },
      'each watch from a list is cut, and each other one is gone': () => {
        let listed = true
        access.onList = ({limit}) => {
          listed = limit !== 1
          return page([])
        }
        access.onWatch = () => saying([], listed ? cut : failing('api-gone', {status: 410}))
      },
      'the history is another one each time': () => {
        let version = 1_000_000
        access.onList = () => page([], String((version -= 10)))
        access.onWatch = () => saying([], cut)
      },
    }
    for (const [what, begin] of Object.entries(FAULTS)) {
      it(what, async () => {
        begin()
        await reflector()
        const minutes = [1, 2, 10, 60]
        let passed = 0
        for (const minute of minutes) {
          await clock.advance((minute - passed) * 60_000)
          passed = minute
          const {length} = access.asked
          assert.ok(length > minute / 2, `${length} requests in ${minute} minutes are too few`)
          // The last list is not paid for yet.
          assert.ok(length <= minute * 60 + 12, `${length} requests in ${minute} minutes are too many`)
        }
      })
    }
  })
})
