import assert from 'node:assert/strict'
import {mkdir, symlink} from 'node:fs/promises'
import {join} from 'node:path'
import {readManifests} from '../../../../src/sources/manifests/read-manifests.js'
import {SERVICE, withFolder} from './support.js'

describe('readManifests', () => {
  it('reads files, with their texts at hand', () =>
    withFolder({'a.yaml': SERVICE, 'sub/b.yml': SERVICE.replace('ntp', 'b')}, async (cwd) => {
      const {snapshot, files, diagnostics, ignores} = await readManifests(['.'], {cwd})
      assert.deepEqual(
        snapshot.services.map(({ref, origin}) => `${origin?.file} ${ref.name}`),
        ['a.yaml ntp', 'sub/b.yml b'],
      )
      assert.deepEqual([files.get('a.yaml')?.isPipe, files.get('a.yaml')?.text], [false, SERVICE])
      assert.deepEqual(snapshot.coverage, {
        nodes: false,
        endpointSlices: false,
        allocations: false,
        unknownSecrets: true,
      })
      assert.deepEqual([diagnostics, ignores], [[], []])
    }))

  it('reads stdin under a name, and texts in place of files', async () => {
    const reading = await readManifests(['-'], {stdin: () => SERVICE, stdinName: 'chart.yaml'})
    assert.deepEqual([...reading.files.keys()], ['chart.yaml'])
    assert.equal(reading.files.get('chart.yaml')?.isPipe, true)
    const texts = new Map([['<stdin>', SERVICE.replace('ntp', 'other')]])
    const other = await readManifests(['-'], {stdin: () => SERVICE, texts})
    assert.equal(other.snapshot.services[0]?.ref.name, 'other')
  })

  it('keeps no text that says nothing to lbex, and reads it again where a place in it is to be shown', () =>
    withFolder({'a.yaml': SERVICE, 'b.yaml': SERVICE}, async (cwd) => {
      const {files, diagnostics, locate} = await readManifests([cwd])
      assert.deepEqual(
        [...files.values()].map((file) => file['kept']),
        [undefined, undefined],
      )
      const [duplicate] = locate(diagnostics)
      assert.deepEqual(
        [duplicate?.code, duplicate?.location?.line, duplicate?.related?.[0]?.location?.line],
        ['duplicate-object', 4, 4],
      )
    }))

  it('leaves out what is not accepted, and takes nothing for fine where that is asked', () =>
    withFolder({'a.yaml': SERVICE}, async (cwd) => {
      assert.equal((await readManifests(['.'], {cwd, accepts: () => false})).files.size, 0)
      await assert.rejects(readManifests(['none'], {cwd}), {code: 'path-not-found'})
      await assert.rejects(readManifests(['\0'], {cwd, allowEmpty: true}))
      assert.equal((await readManifests(['none', '.'], {cwd, allowEmpty: true})).files.size, 1)
    }))

  it('names the template that a document was made from', async () => {
    const text = [
      '--- ',
      '# Source: shop/templates/a.yaml',
      '# more',
      'a: [',
      '---',
      'b: [ # Source: x',
      '---',
      '# no',
      'c: [',
    ].join('\n')
    const {diagnostics, locate} = await readManifests(['-'], {stdin: () => text})
    assert.deepEqual(
      locate(diagnostics).map(({location}) => location?.madeFrom),
      ['shop/templates/a.yaml', undefined, undefined],
    )
  })

  it('returns the edit that fixes a finding', () =>
    withFolder(
      {'a.yaml': SERVICE.replace('name: ntp', 'name: ntp\n  annotations:\n    a: 1')},
      async (cwd) => {
        const {diagnostics, editFor} = await readManifests([join(cwd, 'a.yaml')])
        assert.deepEqual(
          diagnostics.map((diagnostic) => editFor(diagnostic)?.text),
          ['"1"'],
        )
      },
    ))

  it('reads through links only what is inside of the folder or its repository', async () => {
    await withFolder(
      {'secret/token': 'x', 'repo/.git/x': '', 'repo/base/a.yaml': SERVICE},
      async (parent) => {
        const cwd = join(parent, 'repo')
        await mkdir(join(cwd, 'k8s'))
        await symlink('../base/a.yaml', join(cwd, 'k8s/a.yaml'))
        assert.deepEqual([...(await readManifests(['k8s'], {cwd})).files.keys()], ['k8s/a.yaml'])
        await symlink('../../secret/token', join(cwd, 'k8s/b.yaml'))
        const message =
          /^cannot read k8s\/b\.yaml: a symbolic link leads out of .*use --follow-links to read it$/
        for (const path of ['k8s', 'k8s/b.yaml', 'k8s/*.yaml']) {
          await assert.rejects(readManifests([path], {cwd}), {code: 'file-unreadable', message})
          assert.ok((await readManifests([path], {cwd, followLinks: true})).files.has('k8s/b.yaml'))
        }
        const accepts = (file: string): boolean => file !== 'k8s/b.yaml'
        assert.equal((await readManifests(['k8s'], {cwd, accepts})).files.size, 1)
      },
    )
  })

  it('reads through folders that are links as it reads through links to files', async () => {
    const files = {'secret/a.yaml': SERVICE, 'repo/x': '', 'repo/b/a.yaml': SERVICE, 'secret/.git/x': ''}
    for (const git of ['repo/.git/x', 'none'])
      await withFolder({...files, [git]: ''}, async (parent) => {
        const cwd = join(parent, 'repo')
        await symlink('../secret', join(cwd, 'out'))
        await symlink('b', join(cwd, 'in'))
        await symlink('repo', join(parent, 'to-repo'))
        const message = /^cannot read .*out.*: a symbolic link leads out of .*use --follow-links to read it$/
        for (const path of ['out', 'out/a.yaml', 'out/*.yaml', './in/../out', join(cwd, 'out')]) {
          await assert.rejects(readManifests([path], {cwd}), {code: 'file-unreadable', message})
          assert.equal((await readManifests([path], {cwd, followLinks: true})).files.size, 1)
        }
        for (const path of ['in', 'in/a.yaml', 'in/*.yaml', join(parent, 'to-repo/b')])
          assert.equal((await readManifests([path], {cwd})).files.size, 1)
      })
  })

  it('takes no kustomization from outside of the repository', async () => {
    const kustomization = 'patches: [{path: a.yaml}]'
    const files = {'kustomization.yaml': kustomization, 'repo/.git/x': '', 'repo/k/a.yaml': SERVICE}
    await withFolder(files, async (parent) => {
      const cwd = join(parent, 'repo')
      await symlink('../../kustomization.yaml', join(cwd, 'k/kustomization.yaml'))
      assert.equal((await readManifests(['k/a.yaml'], {cwd})).nonManifests.length, 0)
    })
  })
})
