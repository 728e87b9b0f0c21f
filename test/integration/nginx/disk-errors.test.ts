import assert from 'node:assert/strict'
import {access, mkdir, readdir, writeFile} from 'node:fs/promises'
import {join} from 'node:path'
import {assembleGeneration} from '../../../src/dataplane/nginx/config/generation.js'
import {serviceFile} from '../../support/nginx-files.js'
import {NginxFixture} from '../../support/nginx-fixture.js'
import {freePorts} from '../../support/ports.js'
import {askTcp} from '../../support/traffic.js'

describe('an error of the file system', () => {
  let fixture: NginxFixture
  let ports: number[]

  beforeEach(async () => {
    fixture = await NginxFixture.make()
    ports = await freePorts(2)
  })

  afterEach(() => fixture.close())

  const file = (name: 'a' | 'b') => serviceFile(name, {port: ports[name === 'a' ? 0 : 1]})

  /** Makes writes of the index of a generation fail. */
  async function obstruct(...names: readonly ('a' | 'b')[]): Promise<string> {
    const {id} = assembleGeneration([fixture.main(), ...names.map(file)])
    await mkdir(join(fixture.layout.generations, id, 'manifest.json'), {recursive: true})
    return id
  }

  it('leaves no staged files behind: the next apply may need the space', async () => {
    const nginx = await fixture.open()
    const {generation} = await fixture.apply(nginx, file('a'))
    await obstruct('a', 'b')
    const applying = fixture.apply(nginx, file('a'), file('b'))
    await assert.rejects(applying, {code: 'directory-unusable', temporary: true})
    assert.deepEqual(await readdir(fixture.layout.generations), [generation])
    assert.deepEqual(
      (await readdir(fixture.layout.services)).map((name) => `services/${name}`),
      [file('a').path],
    )
    await fixture.apply(nginx, file('a'), file('b'))
    assert.equal(await askTcp({port: ports[1] as number}), 'b')
  })

  it('fails an apply only after the configtest has ended', async () => {
    const tested = join(fixture.directory, 'tested')
    const binary = join(fixture.directory, 'slow-nginx')
    const script = `#!/bin/sh\n[ "$1" = -t ] && { ${fixture.binary} "$@"; : > ${tested}; exit; }\nexec ${fixture.binary} "$@"\n`
    await writeFile(binary, script, {mode: 0o755})
    const module = fixture.streamModule && {modulePath: fixture.streamModule}
    const nginx = await fixture.open({binary, ...module})
    await obstruct('a')
    await assert.rejects(fixture.apply(nginx, file('a')), {code: 'directory-unusable'})
    await access(tested)
  })
})
