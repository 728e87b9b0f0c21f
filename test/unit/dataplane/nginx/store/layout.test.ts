import assert from 'node:assert/strict'
import {stat, writeFile} from 'node:fs/promises'
import {join} from 'node:path'
import {layoutOf, makeFolders} from '../../../../../src/dataplane/nginx/store/layout.js'
import {temporaryFolder} from '../../../../support/temporary-folder.js'

describe('layoutOf', () => {
  it('keeps everything under one folder', () => {
    assert.deepEqual(layoutOf('/var/lib//lbex/nginx/'), {
      directory: '/var/lib/lbex/nginx',
      services: '/var/lib/lbex/nginx/services',
      generations: '/var/lib/lbex/nginx/generations',
      tls: '/var/lib/lbex/nginx/tls',
      current: '/var/lib/lbex/nginx/current',
      config: '/var/lib/lbex/nginx/current/nginx.conf',
      pidFile: '/var/lib/lbex/nginx/run/nginx.pid',
      versionSocket: '/var/lib/lbex/nginx/run/version.sock',
      liveSocket: '/var/lib/lbex/nginx/live/push.sock',
      liveKey: '/var/lib/lbex/nginx/live/key.conf',
      errorLog: '/var/lib/lbex/nginx/logs/error.log',
      startLog: '/var/lib/lbex/nginx/run/start.log',
    })
  })

  it('refuses a path that cannot be written in a configuration', () => {
    const refused: Record<string, RegExp> = {
      'relative/path': /it is not absolute$/,
      '/with space': /it may contain only letters, digits and \. _ \/ \+ -$/,
      '/semi;colon': /only letters/,
      '/br{ace': /only letters/,
      '/dollar$': /only letters/,
      '/ümlaut': /only letters/,
      [`/${'x'.repeat(90)}`]: /it is 1 characters too long for a unix socket in it$/,
    }
    for (const [path, message] of Object.entries(refused)) {
      assert.throws(() => layoutOf(path), {
        name: 'Failure',
        code: 'directory-invalid',
        message,
        temporary: false,
      })
    }
    assert.equal(layoutOf(`/${'x'.repeat(89)}`).versionSocket.length, 107)
  })
})

describe('makeFolders', () => {
  it('makes what is missing, and minds nothing that is there', async () => {
    const folder = await temporaryFolder()
    const layout = layoutOf(join(folder.path, 'a/b'))
    await makeFolders(layout)
    await makeFolders(layout)
    for (const path of [layout.services, layout.generations, join(layout.directory, 'run')]) {
      assert.ok((await stat(path)).isDirectory())
    }
    await folder.remove()
  })

  it('fails where it may not', async () => {
    const folder = await temporaryFolder()
    await writeFile(join(folder.path, 'file'), '')
    await assert.rejects(makeFolders(layoutOf(join(folder.path, 'file/nginx'))), {
      code: 'directory-unusable',
      hint: 'choose a folder that lbex can write to with --nginx-dir',
    })
    await folder.remove()
  })
})
