import assert from 'node:assert/strict'
import {existsSync} from 'node:fs'
import {writeFile} from 'node:fs/promises'
import {join} from 'node:path'
import {validate, type ValidationInput} from '../../../../src/cli/run/validate.js'
import {assembleGeneration} from '../../../../src/dataplane/nginx/config/generation.js'
import {temporaryFolder, type TemporaryFolder} from '../../../support/temporary-folder.js'
import {listenerSettings} from '../../../support/builders.js'

const ref = {kind: 'Service', namespace: 'default', name: 'web'}
const origin = {file: 'web.yaml', document: 0, path: []}
const input: ValidationInput = {
  loadBalancer: {services: [{ref, origin, id: '0123456789ab', listeners: [], upstreams: []}], shared: []},
  generation: assembleGeneration([
    {path: 'nginx.conf', text: 'events {}\n', owners: [], listeners: []},
    {path: 'services/web.conf', text: 'nonsense;\n', owners: [ref], listeners: []},
  ]),
}

describe('validate', () => {
  let folder: TemporaryFolder
  beforeEach(async () => {
    folder = await temporaryFolder()
  })
  afterEach(() => folder.remove())

  /** A stand-in for `nginx -t -c PATH`. */
  async function nginx(script: string): Promise<string> {
    const path = join(folder.path, 'nginx')
    await writeFile(path, `#!/bin/sh\nfolder=$(dirname "$3")\n${script}\n`, {mode: 0o755})
    return path
  }

  it('returns nothing if NGINX accepts everything, and removes its folder', async () => {
    const folders: string[] = []
    const program = await nginx('test -f "$folder/services/web.conf"')
    const verdict = await validate(program, (rendered) => {
      folders.push(rendered)
      return input
    })
    assert.deepEqual([verdict, folders.length, existsSync(folders[0] ?? '')], [undefined, 1, false])
  })

  it('reports the Service whose file NGINX rejects', async () => {
    const program = await nginx(
      'echo "nginx: [emerg] unknown directive in $folder/services/web.conf:1" >&2; exit 1',
    )
    const verdict = await validate(program, () => input)
    assert.deepEqual([verdict?.code, verdict?.object, verdict?.origin], ['nginx-refused', ref, origin])
    assert.match(verdict?.message ?? '', /unknown directive in services\/web\.conf:1/)
  })

  it('names the other owners if the file is shared', async () => {
    const program = await nginx('echo "nginx: [emerg] no in $folder/services/shared.conf:1" >&2; exit 1')
    const [owner, other] = ['a', 'b'].map((name) => ({ref: {...ref, name}, origin}))
    assert.ok(owner && other)
    const listener = {key: {address: '::', port: 1, protocol: 'TCP'}, settings: listenerSettings()} as const
    const verdict = await validate(program, () => ({
      loadBalancer: {
        services: [],
        shared: [{owners: [owner, other], listener: {...listener, routes: []}, upstreams: []}],
      },
      generation: assembleGeneration([
        {path: 'services/shared.conf', text: 'nonsense;\n', owners: [owner.ref, other.ref], listeners: []},
      ]),
    }))
    assert.deepEqual([verdict?.object, verdict?.origin], [owner.ref, origin])
    assert.deepEqual(verdict?.related, [{message: 'shares the listener', object: other.ref}])
  })

  it('fails if the cause is the host or nginx.conf', async () => {
    const program = await nginx('echo "nginx: [emerg] unknown directive in $folder/nginx.conf:1" >&2; exit 1')
    await assert.rejects(
      validate(program, () => input),
      {
        name: 'Failure',
        message: 'NGINX rejects the configuration: unknown directive in nginx.conf:1',
      },
    )
  })

  it('fails without a folder for temporary files', async () => {
    const before = process.env['TMPDIR']
    process.env['TMPDIR'] = join(folder.path, 'missing')
    try {
      await assert.rejects(
        validate('nginx', () => input),
        {name: 'Failure', code: 'temporary-folder'},
      )
    } finally {
      if (before === undefined) delete process.env['TMPDIR']
      else process.env['TMPDIR'] = before
    }
  })
})
