import assert from 'node:assert/strict'
import {createSocket} from 'node:dgram'
import {once} from 'node:events'
import fc from 'fast-check'
import type {NginxFile} from '../../../../../src/dataplane/nginx-file.js'
import {exhausted, parseRefusal, type Refusal} from '../../../../../src/dataplane/nginx/process/refusal.js'
import {
  findRefusedFiles,
  type Tester,
  type Suspects,
} from '../../../../../src/dataplane/nginx/apply/find-refused-files.js'
import {serviceFile} from '../../../../support/nginx-files.js'
import {freePort} from '../../../../support/ports.js'

const NONE: Suspects = {trusted: [], changed: [], kept: []}
const files = Array.from({length: 16}, (_, index) => serviceFile(`s${index}`, {port: 1000 + index}))
const say = (words: string): Refusal => parseRefusal(`nginx: [emerg] ${words}`)

/** An NGINX that refuses these, and names no position. */
function testerRefusing(...bad: readonly NginxFile[]): Tester & {tests: number} {
  const tester = {
    tests: 0,
    test: async (some: readonly NginxFile[]) => {
      tester.tests += 1
      const found = some.find((file) => bad.includes(file))
      return found && say(`no more ${found.owners[0]?.name}`)
    },
    holds: () => false,
  }
  return tester
}

describe('findRefusedFiles', () => {
  it('returns the file that NGINX names', async () => {
    const [file] = files as [NginxFile]
    const refusal = say(`unknown directive "x" in /n/${file.path}:3`)
    const tester = testerRefusing(file)
    const refused = await findRefusedFiles(refusal, {...NONE, changed: files}, tester)
    assert.deepEqual(refused, [
      {file, reason: {kind: 'refused', problem: `unknown directive "x" in ${file.path}:3`}},
    ])
    assert.equal(tester.tests, 0)
  })

  it('bisects if NGINX names no file', async () => {
    for (const file of files) {
      const tester = testerRefusing(file)
      const refused = await findRefusedFiles(say('too much'), {...NONE, changed: files}, tester)
      const problem = `no more ${file.owners[0]?.name}`
      assert.deepEqual(refused[0]?.file, file)
      const reason = refused[0]?.reason
      assert.ok(reason?.kind === 'refused' && ['too much', problem].includes(reason.problem))
      assert.equal(tester.tests, 5)
    }
  })

  it('suspects files that NGINX served last, if NGINX rejects all together', async () => {
    const all = {trusted: files.slice(0, 8), changed: files.slice(8, 12), kept: files.slice(12)}
    const tooMany = (limit: number): Tester => ({
      test: async (some) =>
        some.length > limit ? say(`more than ${limit} in /n/${files[0]?.path}:1`) : undefined,
      holds: () => false,
    })
    for (const limit of [8, 11, 12, 15]) {
      const refusal = say(`more than ${limit} in /n/${files[0]?.path}:1`)
      const [first] = await findRefusedFiles(refusal, all, tooMany(limit))
      assert.equal(first?.file, files[limit])
    }
  })

  it('finds a refused file in any set, and no other', async () => {
    const set = fc.subarray(files, {minLength: 1})
    await fc.assert(
      fc.asyncProperty(set, set, async (changed, bad) => {
        const expected = changed.filter((file) => bad.includes(file))
        fc.pre(expected.length > 0)
        const [first] = await findRefusedFiles(say('no'), {...NONE, changed}, testerRefusing(...bad))
        assert.equal(first?.file, expected[0])
      }),
    )
  })

  it('returns no Service if the cause is nginx.conf or the host', async () => {
    const refusing: Tester = {test: async () => say('bad option in /n/nginx.conf:2'), holds: () => false}
    await assert.rejects(
      findRefusedFiles(say('bad option in /n/nginx.conf:2'), {...NONE, changed: files}, refusing),
      {
        code: 'nginx-configuration-refused',
        message: 'NGINX rejects nginx.conf: bad option in nginx.conf:2',
        temporary: false,
      },
    )
    const host = say('socket() failed (24: Too many open files)')
    await assert.rejects(findRefusedFiles(host, {...NONE, changed: files}, refusing), {
      code: 'nginx-environment',
      temporary: true,
    })
    const later: Tester = {test: async (some) => (some.length > 3 ? host : undefined), holds: () => false}
    await assert.rejects(findRefusedFiles(say('no'), {...NONE, changed: files}, later), {
      code: 'nginx-environment',
    })
    const fickle: Tester = {test: async () => undefined, holds: () => false}
    await assert.rejects(findRefusedFiles(say('no'), NONE, fickle), {code: 'nginx-configuration-refused'})
  })

  describe('when NGINX ran out of memory or time', () => {
    const killed = exhausted('nginx -t was ended by SIGKILL')
    const sized = files.map((file, index) => ({...file, text: 'x'.repeat(100 * ((index * 7) % 16))}))
    const sizeOf = (some: readonly NginxFile[]): number => some.reduce((sum, {text}) => sum + text.length, 0)
    const testerWith = (memory: number): Tester & {tests: number} => {
      const tester = {
        tests: 0,
        test: async (some: readonly NginxFile[]) => {
          tester.tests += 1
          return sizeOf(some) > memory ? killed : undefined
        },
        holds: () => false,
      }
      return tester
    }
    const reason = {kind: 'exhausting', problem: killed.message}

    it('finds the largest of the new files, if NGINX accepts the others', async () => {
      const [trusted, changed] = [sized.slice(0, 8), sized.slice(8)]
      const tester = testerWith(sizeOf(sized) - 1)
      const largest = [...changed].sort((a, b) => a.text.length - b.text.length).at(-1)
      assert.deepEqual(await findRefusedFiles(killed, {...NONE, trusted, changed}, tester), [
        {file: largest, reason},
      ])
      assert.ok(tester.tests <= 5, `${tester.tests} tests`)
    })

    it('finds a single new Service at once', async () => {
      const [trusted, changed] = [sized.slice(1), sized.slice(0, 1)]
      const tester = testerWith(sizeOf(trusted) - 1)
      const tight = testerWith(sizeOf(trusted))
      const heavy = changed.map((file) => ({...file, text: 'y'}))
      assert.deepEqual(await findRefusedFiles(killed, {...NONE, trusted, changed: heavy}, tight), [
        {file: heavy[0], reason},
      ])
      assert.equal(tight.tests, 1)
      const [first] = await findRefusedFiles(killed, {...NONE, trusted, changed}, tester)
      assert.equal(first?.file.text.length, 1500, 'what was served does not fit any more')
    })

    it('finds no Service if NGINX cannot test even nginx.conf, or if it can test everything now', async () => {
      for (const tester of [{test: async () => killed, holds: () => false}, testerWith(Infinity)]) {
        await assert.rejects(findRefusedFiles(killed, {...NONE, trusted: files}, tester), {
          code: 'nginx-environment',
          message: 'NGINX cannot use its configuration: nginx -t was ended by SIGKILL',
          temporary: true,
        })
      }
    })
  })

  describe('if an address could not be bound', () => {
    const inUse = (...addresses: readonly string[]): Refusal =>
      parseRefusal(
        addresses
          .map((address) => `[emerg] bind() to ${address} failed (98: Address already in use)`)
          .join('\n'),
      )
    const tester = testerRefusing()

    it('finds the files with that listener, in any form of the address', async () => {
      const one = serviceFile('one', {listeners: [{address: '2001:db8::1', port: 80}]})
      const two = serviceFile('two', {port: 81})
      const other = serviceFile('other', {port: 80})
      const refusal = inUse('[2001:DB8:0::1]:80', '127.0.0.1:81')
      const refused = await findRefusedFiles(refusal, {trusted: [one], changed: [other], kept: [two]}, tester)
      assert.deepEqual(refused, [
        {file: one, reason: {kind: 'unavailable', key: one.listeners[0], error: {code: 'in-use'}}},
        {file: two, reason: {kind: 'unavailable', key: two.listeners[0], error: {code: 'in-use'}}},
      ])
    })

    it('does not find the one that NGINX holds already', async () => {
      const port = await freePort()
      const tcp = serviceFile('tcp', {port})
      const udp = serviceFile('udp', {listeners: [{port, protocol: 'UDP'}]})
      const holding: Tester = {...tester, holds: ({protocol}) => protocol === 'TCP'}
      const refusal = inUse(`127.0.0.1:${port}`)
      const [first, ...more] = await findRefusedFiles(
        refusal,
        {...NONE, trusted: [tcp], changed: [udp]},
        holding,
      )
      assert.deepEqual([first?.file, more], [udp, []])
    })

    it('probes if it may be TCP or UDP, and finds both if the probe succeeds', async () => {
      const port = await freePort()
      const tcp = serviceFile('tcp', {port})
      const udp = serviceFile('udp', {listeners: [{port, protocol: 'UDP'}]})
      const suspects = {...NONE, changed: [tcp, udp]}
      const refusal = inUse(`127.0.0.1:${port}`)
      const both = await findRefusedFiles(refusal, suspects, tester)
      assert.deepEqual(
        both.map(({file}) => file),
        [tcp, udp],
      )
      const holder = createSocket('udp4')
      holder.bind(port, '127.0.0.1')
      await once(holder, 'listening')
      const [first, ...more] = await findRefusedFiles(refusal, suspects, tester)
      holder.close()
      assert.deepEqual([first?.file, more], [udp, []])
    })

    it('rejects if no file has that listener', async () => {
      await assert.rejects(findRefusedFiles(inUse('127.0.0.1:9'), {...NONE, changed: files}, tester), {
        code: 'nginx-environment',
      })
    })
  })
})
