import assert from 'node:assert/strict'
import type {ListenerKey} from '../../../../../src/core/model/listener-key.js'
import type {NginxFile} from '../../../../../src/dataplane/nginx-file.js'
import {assembleGeneration} from '../../../../../src/dataplane/nginx/config/generation.js'
import {bindErrorOf} from '../../../../../src/diagnostics/bind-error.js'
import {
  diagnoseLeftOut,
  ownersLeftOut,
  Quarantine,
} from '../../../../../src/dataplane/nginx/apply/quarantine.js'
import {indexGeneration} from '../../../../../src/dataplane/nginx/store/generation-index.js'
import {mainFile, serviceFile} from '../../../../support/nginx-files.js'

const main = mainFile({directory: '/d'})
const a = serviceFile('a', {port: 1})
const b = serviceFile('b', {port: 2})
const badB = serviceFile('b', {port: 2, extra: 'bad;'})
const movedB = serviceFile('b', {port: 3, extra: 'bad;'})
const served = serviceFile('b', {port: 2, to: [1000]})
const live = indexGeneration(assembleGeneration([main, a, b]))
const refused = {kind: 'refused', problem: 'unknown directive'} as const

describe('Quarantine', () => {
  let onDisk: Map<string, string>
  let quarantine: Quarantine
  let now: number

  beforeEach(() => {
    onDisk = new Map([a, b].map(({path, text}) => [path, text]))
    now = 0
    quarantine = new Quarantine(async (path) => onDisk.get(path), {monotonic: () => now})
  })

  const paths = (files: readonly NginxFile[]): string[] => files.map(({path}) => path)

  it('lets everything through that nothing speaks against', async () => {
    assert.deepEqual(await quarantine.select([main, a, b], live), {
      files: [main, a, b],
      kept: [],
      leftOut: [],
    })
  })

  it('puts the last good file in the place of a refused one', async () => {
    quarantine.add([{file: badB, reason: refused}])
    assert.deepEqual(quarantine.content, [{owners: badB.owners, reason: 'refused'}])
    const selection = await quarantine.select([main, a, badB], live)
    assert.deepEqual(selection, {
      files: [main, a, b],
      kept: [b],
      leftOut: [{owners: b.owners, reason: refused, kept: true}],
    })
    assert.match(
      diagnoseLeftOut(selection.leftOut)[0]?.message ?? '',
      /unknown directive; its last good configuration stays active$/,
    )
  })

  it('does not keep a last good file with weaker guards than the refused one', async () => {
    const restricted = (name: string, ...ranges: string[]) =>
      serviceFile(name, {
        port: 2,
        extra: [...ranges.map((range) => `allow ${range};`), 'deny all;'].join('\n'),
      })
    const keeps = async (old: NginxFile, wanted: NginxFile): Promise<boolean> => {
      onDisk.set(old.path, old.text)
      const bad = {...wanted, path: 'services/b-ffffffffffff.conf'}
      const quarantined = new Quarantine(async (path) => onDisk.get(path), {monotonic: () => now})
      quarantined.add([{file: {...bad, path: bad.path}, reason: refused}])
      const {kept} = await quarantined.select([main, bad], indexGeneration(assembleGeneration([main, old])))
      return kept.length > 0
    }
    const [ten, both] = [restricted('b', '10.0.0.0/8'), restricted('b', '10.0.0.0/8', '192.0.2.0/24')]
    assert.equal(await keeps(b, ten), false)
    assert.equal(await keeps(both, ten), false)
    assert.equal(await keeps(ten, restricted('b')), false)
    assert.equal(await keeps(ten, both), true)
    assert.equal(await keeps(ten, {...ten, text: `${ten.text}\nbad;`}), true)
    assert.equal(await keeps(ten, b), true)
    const guarded = (...lines: string[]) => serviceFile('b', {port: 2, extra: lines.join('\n')})
    const [one, two] = ['192.0.2.1', '192.0.2.2'].map((sender) =>
      guarded('listen x proxy_protocol;', `set_real_ip_from ${sender};`),
    )
    assert.ok(one && two)
    assert.equal(await keeps(one, two), false)
    assert.equal(await keeps(one, guarded('listen x;')), false)
    assert.equal(await keeps(guarded('listen x;', 'proxy_protocol on;'), guarded('listen x;')), false)
    assert.equal(await keeps(one, {...one, text: `${one.text}\nbad;`}), true)
    assert.equal(await keeps(guarded('listen x;'), guarded('listen y;')), true)
    const limited = (limit: string) => guarded('listen x;', limit)
    for (const limit of ['limit_conn z 1;', 'proxy_upload_rate 1;', 'server a max_conns=1;']) {
      assert.equal(await keeps(limited(limit), limited(limit.replace('1', '2'))), false)
      assert.equal(
        await keeps(limited(limit), {...limited(limit), text: `${limited(limit).text}\nbad;`}),
        true,
      )
    }
    const [single, all] = ['192.0.2.1', '0.0.0.0'].map((address): NginxFile => {
      const listeners = b.listeners.map((key): ListenerKey => ({...key, address}))
      return {...b, listeners}
    }) as [NginxFile, NginxFile]
    assert.equal(await keeps(all, single), false)
    assert.equal(await keeps(single, all), true)
  })

  it('keeps the last good file with the servers that NGINX confirmed without a reload', async () => {
    const [upstream = ''] = /\S+_b/.exec(served.text) ?? []
    onDisk.set(served.path, served.text)
    quarantine.add([{file: badB, reason: refused}])
    const generation = indexGeneration(assembleGeneration([main, served]))
    const keptWith = async (entry: string): Promise<NginxFile | undefined> =>
      (await quarantine.select([main, badB], generation, new Map([[upstream, entry]]))).kept[0]
    const kept = await keptWith('14:127.0.0.1:1001')
    assert.match(kept?.text ?? '', /\n {4}server 127\.0\.0\.1:1001;\n\}/)
    assert.ok(kept && !kept.text.includes('127.0.0.1:1000') && kept.path !== served.path)
    assert.deepEqual(kept.listeners, served.listeners)
    assert.equal(await keptWith('not valid'), undefined)
    quarantine.add([{file: kept, reason: refused}])
    assert.equal(await keptWith('14:127.0.0.1:1001'), undefined)
  })

  it('leaves it out where there is no last good file, or not any more', async () => {
    quarantine.add([{file: badB, reason: refused}])
    assert.deepEqual(paths((await quarantine.select([main, a, badB], undefined)).files), paths([main, a]))
    onDisk.delete(b.path)
    const selection = await quarantine.select([main, a, badB], live)
    assert.deepEqual(selection.files, [main, a])
    assert.match(diagnoseLeftOut(selection.leftOut)[0]?.message ?? '', /the Service is not served$/)
  })

  it('and where another Service claims one of its listeners, as an address or as a wildcard', async () => {
    quarantine.add([{file: movedB, reason: refused}])
    for (const address of ['127.0.0.1', '0.0.0.0']) {
      const claimant = serviceFile('c', {listeners: [{address, port: 2}]})
      const {files} = await quarantine.select([main, a, movedB, claimant], live)
      assert.deepEqual(files, [main, a, claimant])
    }
    const neighbour = serviceFile('c', {listeners: [{address: '127.0.0.2', port: 2}]})
    assert.deepEqual((await quarantine.select([main, movedB, neighbour], live)).kept, [b])
  })

  it('names every owner of a shared file, and each owner once', async () => {
    const shared = {...badB, owners: [...a.owners, ...b.owners]}
    quarantine.add([
      {file: shared, reason: refused},
      {file: a, reason: refused},
    ])
    const {leftOut} = await quarantine.select([main, a, shared], undefined)
    assert.deepEqual(
      diagnoseLeftOut(leftOut).map(({object, related = []}) => [
        object.name,
        ...related.map((each) => each.object.name),
      ]),
      [['a'], ['a', 'b'], ['b', 'a']],
    )
    assert.deepEqual(ownersLeftOut(leftOut), [...a.owners, ...b.owners])
  })

  describe('where a second Service shares the listener, in a file of its own', () => {
    const listeners = [{address: '127.0.0.1', port: 1, protocol: 'TCP'}] as const
    const path = 'services/listener_1_tcp_127.0.0.1-000000000001.conf'
    const shared = {path, text: 'bad', owners: [...a.owners, ...b.owners], listeners}
    const keptOf = async (...wanted: readonly NginxFile[]) => {
      quarantine.add([{file: shared, reason: refused}])
      return (await quarantine.select([main, ...wanted, shared], live)).kept
    }

    it('keeps the last good file of the first, which is not wanted any more', async () => {
      assert.deepEqual(await keptOf(b), [a])
    })

    it('but not beside a newer version of it', async () => {
      assert.deepEqual(await keptOf(serviceFile('a', {port: 4}), b), [])
    })

    it('nor the file of a Service that has left the listener', async () => {
      quarantine.add([{file: {...shared, owners: b.owners}, reason: refused}])
      assert.deepEqual((await quarantine.select([main, {...shared, owners: b.owners}], live)).kept, [])
    })

    it('nor where another Service has a listener of it now', async () => {
      assert.deepEqual(await keptOf(serviceFile('c', {port: 1})), [])
    })
  })

  it('does not keep a file that was refused itself', async () => {
    quarantine.add([
      {file: badB, reason: refused},
      {file: b, reason: refused},
    ])
    assert.deepEqual((await quarantine.select([main, badB], live)).kept, [])
  })

  it('says when the last good configuration stays in the place of one whose listener is held', async () => {
    const key = {address: '192.0.2.1', port: 2, protocol: 'TCP'} as const
    quarantine.add([
      {file: badB, reason: {kind: 'unavailable', key, error: bindErrorOf('EADDRNOTAVAIL', '')}},
    ])
    const diagnostics = diagnoseLeftOut((await quarantine.select([main, a, badB], live)).leftOut)
    assert.deepEqual(
      diagnostics.map(({message}) => message),
      [
        'NGINX cannot listen on 192.0.2.1:2/TCP: the host does not have the address; the last good configuration of this Service stays active',
      ],
    )
  })

  it('advises what fits the problem of a listener', async () => {
    const key = {address: '127.0.0.1', port: 2, protocol: 'TCP'} as const
    const hintFor = async (code: string): Promise<string | undefined> => {
      quarantine.add([{file: b, reason: {kind: 'unavailable', key, error: bindErrorOf(code, 'odd')}}])
      return diagnoseLeftOut((await quarantine.select([main, b], undefined)).leftOut)[0]?.hint
    }
    const privileges =
      'give NGINX the capability CAP_NET_BIND_SERVICE, lower the sysctl net.ipv4.ip_unprivileged_port_start, or choose a listen port above 1023; lbex retries automatically'
    const hints = {
      EADDRINUSE: "ss -Hnlpt 'sport = :2' shows which process uses the port; lbex retries automatically",
      EACCES: privileges,
      EPERM: privileges,
      EADDRNOTAVAIL:
        'add the address to an interface of the host or change --listen-address; if the address moves between hosts, or is of an --address-pool, set the sysctl net.ipv4.ip_nonlocal_bind (net.ipv6.ip_nonlocal_bind) to 1; lbex retries automatically',
      EAFNOSUPPORT:
        'enable the address family on the host, or change --listen-address; lbex retries automatically',
      EODD: 'check this address and port on the host; lbex retries automatically',
    }
    for (const [code, hint] of Object.entries(hints)) assert.equal(await hintFor(code), hint)
  })

  it('remembers what was refused until it changes, and not at all what was held', async () => {
    const held = {
      kind: 'unavailable',
      key: {address: '0.0.0.0', port: 53, protocol: 'UDP'},
      error: {code: 'in-use'},
    } as const
    quarantine.add([
      {file: badB, reason: refused},
      {file: a, reason: held},
    ])
    const selection = await quarantine.select([main, a, badB], undefined)
    assert.deepEqual(
      diagnoseLeftOut(selection.leftOut).map(({code, message, hint}) => [code, message, hint]),
      [
        [
          'port-held',
          'NGINX cannot listen on 0.0.0.0:53/UDP: the port is in use; this port is not exposed',
          "ss -Hnlpu 'sport = :53' shows which process uses the port; lbex retries automatically",
        ],
        [
          'nginx-refused',
          'NGINX rejects the configuration of this Service: unknown directive; the Service is not served',
          'lbex retries when the Service changes',
        ],
      ],
    )
    quarantine.begin([main, a, badB])
    assert.deepEqual(paths((await quarantine.select([main, a, badB], undefined)).files), paths([main, a]))
    quarantine.begin([main, a, movedB])
    quarantine.begin([main, a, badB])
    assert.deepEqual((await quarantine.select([main, a, badB], undefined)).leftOut, [])
  })

  it('retries after some minutes a file that exhausted the host', async () => {
    quarantine.add([{file: badB, reason: {kind: 'exhausting', problem: 'nginx -t was ended by SIGKILL'}}])
    const isLeftOut = async (): Promise<boolean> => {
      quarantine.begin([main, a, badB])
      return (await quarantine.select([main, a, badB], undefined)).leftOut.length > 0
    }
    now = 599_999
    assert.equal(await isLeftOut(), true)
    assert.deepEqual(quarantine.content, [{owners: badB.owners, reason: 'exhausting', retryIn: 1}])
    now = 600_000
    assert.equal(await isLeftOut(), false)
    assert.deepEqual(quarantine.content, [])
  })
})
