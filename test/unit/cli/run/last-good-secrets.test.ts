import assert from 'node:assert/strict'
import {mkdir, symlink, writeFile} from 'node:fs/promises'
import {join} from 'node:path'
import {LastGoodSecrets} from '../../../../src/cli/run/last-good-secrets.js'
import {standInCertificate} from '../../../../src/cli/run/stand-in-certificate.js'
import {readCredential} from '../../../../src/core/cluster/credentials.js'
import type {LoadBalancer} from '../../../../src/core/model/load-balancer.js'
import {ownedListeners} from '../../../../src/core/model/owned-listeners.js'
import {filesOf, stemOf} from '../../../../src/core/model/tls-files.js'
import {assembleGeneration} from '../../../../src/dataplane/nginx/config/generation.js'
import {formatIndex, indexGeneration} from '../../../../src/dataplane/nginx/store/generation-index.js'
import {aService, aSnapshot, options} from '../../../support/builders.js'
import {aSecret} from '../../../support/certificates.js'
import {temporaryFolder} from '../../../support/temporary-folder.js'
import {translate} from '../../../support/translate.js'

function serve(pair: string) {
  const service = aService('web')
    .port('https', 443, {listen: 443})
    .annotated({'upstream-type': 'cluster-ip', 'tls-secret': 'certificate'})
  return translate({...aSnapshot([service]), secrets: [aSecret('certificate', {pair})]}, options())
}

const fileIn = (loadBalancer: LoadBalancer) => {
  const [file] = ownedListeners(loadBalancer).flatMap(({listener}) => filesOf(listener.tls))
  assert.ok(file?.credential)
  return {...file, credential: file.credential}
}

describe('LastGoodSecrets', () => {
  const translation = serve('web')
  const file = fileIn(translation.loadBalancer)
  let folder: Awaited<ReturnType<typeof temporaryFolder>>

  beforeEach(async () => (folder = await temporaryFolder()))
  afterEach(() => folder.remove())

  /** Writes what an lbex leaves on disk; `text` is the content of the certificate. */
  async function leave(text: string): Promise<void> {
    const generation = assembleGeneration(translation.files)
    const place = join(folder.path, 'generations', generation.id)
    await mkdir(place, {recursive: true})
    await mkdir(join(folder.path, 'tls'))
    await writeFile(join(place, 'manifest.json'), formatIndex(indexGeneration(generation)))
    await symlink(`generations/${generation.id}`, join(folder.path, 'current'))
    await writeFile(join(folder.path, file.path), text)
  }

  it('begins with the certificates that an earlier lbex served', async () => {
    await leave(file.credential.pem.reveal())
    const {all} = await LastGoodSecrets.open(folder.path)
    assert.deepEqual([...all], [[stemOf(file.path), file.credential]])
  })

  it('skips a damaged file', async () => {
    await leave('damaged')
    assert.equal((await LastGoodSecrets.open(folder.path)).all.size, 0)
  })

  it('skips a file with other content than its name says', async () => {
    await leave(standInCertificate())
    assert.equal((await LastGoodSecrets.open(folder.path)).all.size, 0)
  })

  it('is empty without an earlier lbex', async () => {
    assert.equal((await LastGoodSecrets.open(folder.path)).all.size, 0)
  })

  it('takes over what NGINX serves after a reconcile, except for rejected Services', async () => {
    const secrets = await LastGoodSecrets.open(folder.path)
    const hash = () => [...secrets.all.values()].map((credential) => credential.hash)
    secrets.note({applied: {quarantined: []}, translation})
    assert.deepEqual(hash(), [file.credential.hash])
    const renewed = serve('web-renewed')
    const ref = {kind: 'Service', namespace: 'default', name: 'web'}
    secrets.note({applied: {quarantined: [ref]}, translation: renewed})
    secrets.note({applied: {quarantined: [], deferred: true}, translation: renewed})
    assert.deepEqual(hash(), [file.credential.hash])
    secrets.note({applied: {quarantined: []}, translation: renewed})
    assert.deepEqual(hash(), [fileIn(renewed.loadBalancer).credential.hash])
    secrets.note({applied: {quarantined: []}, translation: {loadBalancer: {services: [], shared: []}}})
    assert.deepEqual(hash(), [])
  })
})

describe('standInCertificate', () => {
  it('is a certificate with its key', () => {
    const credential = readCredential(standInCertificate())
    assert.equal(credential?.notAfter, Date.parse('2049-01-01'))
    assert.equal(credential.pem.reveal().includes('PRIVATE KEY'), true)
  })
})
