import assert from 'node:assert/strict'
import {createSocket} from 'node:dgram'
import {once} from 'node:events'
import fc from 'fast-check'
import type {ConfigFile} from '../../../../../src/dataplane/config-file.js'
import {
  exhausted,
  parseComplaint,
  type Complaint,
} from '../../../../../src/dataplane/nginx/process/complaint.js'
import {findCulprits, type Court, type Suspects} from '../../../../../src/dataplane/nginx/apply/culprits.js'
import {serviceFile} from '../../../../support/nginx-files.js'
import {freePort} from '../../../../support/ports.js'

const NONE: Suspects = {trusted: [], changed: [], kept: []}
const files = Array.from({length: 16}, (_, index) => serviceFile(`s${index}`, {port: 1000 + index}))
const say = (words: string): Complaint => parseComplaint(`nginx: [emerg] ${words}`)

/** An NGINX that refuses these, and says no place. */
function courtRefusing(...bad: readonly ConfigFile[]): Court & {tests: number} {
  const court = {
    tests: 0,
    judge: async (some: readonly ConfigFile[]) => {
      court.tests += 1
      const found = some.find((file) => bad.includes(file))
      return found && say(`no more ${found.owners[0]?.name}`)
    },
    holds: () => false,
  }
  return court
}

describe('findCulprits', () => {
  it('believes the place that NGINX names', async () => {
    const [file] = files as [ConfigFile]
    const complaint = say(`unknown directive "x" in /n/${file.path}:3`)
    const court = courtRefusing(file)
    const culprits = await findCulprits(complaint, {...NONE, changed: files}, court)
    assert.deepEqual(culprits, [
      {file, reason: {kind: 'refused', problem: `unknown directive "x" in ${file.path}:3`}},
    ])
    assert.equal(court.tests, 0)
  })

  it('tries where there is none, in as many steps as it takes to halve', async () => {
    for (const file of files) {
      const court = courtRefusing(file)
      const culprits = await findCulprits(say('too much'), {...NONE, changed: files}, court)
      const problem = `no more ${file.owners[0]?.name}`
      assert.deepEqual(culprits[0]?.file, file)
      const reason = culprits[0]?.reason
      assert.ok(reason?.kind === 'refused' && ['too much', problem].includes(reason.problem))
      assert.equal(court.tests, 5)
    }
  })

  it('suspects last what NGINX has served, where it is all of them together', async () => {
    const all = {trusted: files.slice(0, 8), changed: files.slice(8, 12), kept: files.slice(12)}
    const tooMany = (limit: number): Court => ({
      judge: async (some) =>
        some.length > limit ? say(`more than ${limit} in /n/${files[0]?.path}:1`) : undefined,
      holds: () => false,
    })
    for (const limit of [8, 11, 12, 15]) {
      const complaint = say(`more than ${limit} in /n/${files[0]?.path}:1`)
      const [culprit] = await findCulprits(complaint, all, tooMany(limit))
      assert.equal(culprit?.file, files[limit])
    }
  })

  it('finds a culprit whatever the set, and only a culprit', async () => {
    const set = fc.subarray(files, {minLength: 1})
    await fc.assert(
      fc.asyncProperty(set, set, async (changed, bad) => {
        const guilty = changed.filter((file) => bad.includes(file))
        fc.pre(guilty.length > 0)
        const [culprit] = await findCulprits(say('no'), {...NONE, changed}, courtRefusing(...bad))
        assert.equal(culprit?.file, guilty[0])
      }),
    )
  })

  it('does not blame a Service for nginx.conf, or for the host', async () => {
    const refusing: Court = {judge: async () => say('bad option in /n/nginx.conf:2'), holds: () => false}
    await assert.rejects(
      findCulprits(say('bad option in /n/nginx.conf:2'), {...NONE, changed: files}, refusing),
      {
        code: 'nginx-configuration-refused',
        message: 'NGINX refuses nginx.conf: bad option in nginx.conf:2',
        temporary: false,
      },
    )
    const host = say('socket() failed (24: Too many open files)')
    await assert.rejects(findCulprits(host, {...NONE, changed: files}, refusing), {
      code: 'nginx-environment',
      temporary: true,
    })
    const later: Court = {judge: async (some) => (some.length > 3 ? host : undefined), holds: () => false}
    await assert.rejects(findCulprits(say('no'), {...NONE, changed: files}, later), {
      code: 'nginx-environment',
    })
    const fickle: Court = {judge: async () => undefined, holds: () => false}
    await assert.rejects(findCulprits(say('no'), NONE, fickle), {code: 'nginx-configuration-refused'})
  })

  describe('when NGINX ran out of memory or time', () => {
    const killed = exhausted('nginx -t was ended by SIGKILL')
    const sized = files.map((file, index) => ({...file, text: 'x'.repeat(100 * ((index * 7) % 16))}))
    const sizeOf = (some: readonly ConfigFile[]): number => some.reduce((sum, {text}) => sum + text.length, 0)
    const courtWith = (memory: number): Court & {tests: number} => {
      const court = {
        tests: 0,
        judge: async (some: readonly ConfigFile[]) => {
          court.tests += 1
          return sizeOf(some) > memory ? killed : undefined
        },
        holds: () => false,
      }
      return court
    }
    const reason = {kind: 'exhausting', problem: killed.message}

    it('is the largest of what is new, if NGINX goes without it', async () => {
      const [trusted, changed] = [sized.slice(0, 8), sized.slice(8)]
      const court = courtWith(sizeOf(sized) - 1)
      const largest = [...changed].sort((a, b) => a.text.length - b.text.length).at(-1)
      assert.deepEqual(await findCulprits(killed, {...NONE, trusted, changed}, court), [
        {file: largest, reason},
      ])
      assert.ok(court.tests <= 5, `${court.tests} tests`)
    })

    it('is found at once when one Service is new', async () => {
      const [trusted, changed] = [sized.slice(1), sized.slice(0, 1)]
      const court = courtWith(sizeOf(trusted) - 1)
      const tight = courtWith(sizeOf(trusted))
      const heavy = changed.map((file) => ({...file, text: 'y'}))
      assert.deepEqual(await findCulprits(killed, {...NONE, trusted, changed: heavy}, tight), [
        {file: heavy[0], reason},
      ])
      assert.equal(tight.tests, 1)
      const [culprit] = await findCulprits(killed, {...NONE, trusted, changed}, court)
      assert.equal(culprit?.file.text.length, 1500, 'what was served does not fit any more')
    })

    it('is no Service when NGINX cannot test even nginx.conf, or can test everything after all', async () => {
      for (const court of [{judge: async () => killed, holds: () => false}, courtWith(Infinity)]) {
        await assert.rejects(findCulprits(killed, {...NONE, trusted: files}, court), {
          code: 'nginx-environment',
          message: 'NGINX cannot use its configuration: nginx -t was ended by SIGKILL',
          temporary: true,
        })
      }
    })
  })

  describe('of an address that could not be had', () => {
    const inUse = (...addresses: readonly string[]): Complaint =>
      parseComplaint(
        addresses
          .map((address) => `[emerg] bind() to ${address} failed (98: Address already in use)`)
          .join('\n'),
      )
    const court = courtRefusing()

    it('is whoever wants to listen there, however the address is spelt', async () => {
      const one = serviceFile('one', {listeners: [{address: '2001:db8::1', port: 80}]})
      const two = serviceFile('two', {port: 81})
      const other = serviceFile('other', {port: 80})
      const complaint = inUse('[2001:DB8:0::1]:80', '127.0.0.1:81')
      const culprits = await findCulprits(complaint, {trusted: [one], changed: [other], kept: [two]}, court)
      assert.deepEqual(culprits, [
        {file: one, reason: {kind: 'unavailable', key: one.listeners[0], error: {code: 'in-use'}}},
        {file: two, reason: {kind: 'unavailable', key: two.listeners[0], error: {code: 'in-use'}}},
      ])
    })

    it('is not the one that NGINX holds already', async () => {
      const port = await freePort()
      const tcp = serviceFile('tcp', {port})
      const udp = serviceFile('udp', {listeners: [{port, protocol: 'UDP'}]})
      const holding: Court = {...court, holds: ({protocol}) => protocol === 'TCP'}
      const complaint = inUse(`127.0.0.1:${port}`)
      const [culprit, ...more] = await findCulprits(
        complaint,
        {...NONE, trusted: [tcp], changed: [udp]},
        holding,
      )
      assert.deepEqual([culprit?.file, more], [udp, []])
    })

    it('is found by a try where it may be TCP or UDP, and is both where that tells nothing', async () => {
      const port = await freePort()
      const tcp = serviceFile('tcp', {port})
      const udp = serviceFile('udp', {listeners: [{port, protocol: 'UDP'}]})
      const suspects = {...NONE, changed: [tcp, udp]}
      const complaint = inUse(`127.0.0.1:${port}`)
      const both = await findCulprits(complaint, suspects, court)
      assert.deepEqual(
        both.map(({file}) => file),
        [tcp, udp],
      )
      const holder = createSocket('udp4')
      holder.bind(port, '127.0.0.1')
      await once(holder, 'listening')
      const [culprit, ...more] = await findCulprits(complaint, suspects, court)
      holder.close()
      assert.deepEqual([culprit?.file, more], [udp, []])
    })

    it('is the host where nobody wants it', async () => {
      await assert.rejects(findCulprits(inUse('127.0.0.1:9'), {...NONE, changed: files}, court), {
        code: 'nginx-environment',
      })
    })
  })
})
