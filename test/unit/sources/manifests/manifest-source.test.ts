import assert from 'node:assert/strict'
import {rename, rm, unlink, writeFile} from 'node:fs/promises'
import {join} from 'node:path'
import type {ClusterSnapshot} from '../../../../src/core/cluster/snapshot.js'
import {createManifestSource} from '../../../../src/sources/manifests/manifest-source.js'
import {covered, range, readText, SERVICE, signal, until, withFolder, write} from './support.js'

const service = (name: string, port = 123): string =>
  `apiVersion: v1\nkind: Service\nmetadata: {name: ${name}}\nspec: {ports: [{port: ${port}}]}\n`
const names = ({services}: ClusterSnapshot): string[] => services.map(({ref}) => ref.name)

/** The Service of the first lbex's own documentation. */
const README = `apiVersion: v1
kind: Service
metadata:
  name: cluster-local-ntp
  labels:
    version: 1.0.0
  annotations:
    kubernetes.io/loadbalancer-class: loadbalancer-lbex
    loadbalancer.lbex/port: 123
    loadbalancer.lbex/algorithm: round_robin
spec:
  type: NodePort
  selector:
    app: ntp-pod
  ports:
  - name: ntp-listener
    protocol: UDP
    port: 123
    nodePort: 30123
`

describe('createManifestSource', () => {
  describe('read', () => {
    it('reads files, folders, globs and stdin in the order they are given', async () => {
      const files = {
        'b.yaml': service('b'),
        'k8s/d.yml': service('d'),
        'k8s/c.json': '',
        'x1.yaml': service('x1'),
      }
      await withFolder(files, async (cwd) => {
        await writeFile(
          join(cwd, 'k8s/c.json'),
          JSON.stringify({
            apiVersion: 'v1',
            kind: 'Service',
            metadata: {name: 'c'},
            spec: {ports: [{port: 1}]},
          }),
        )
        const source = createManifestSource({
          paths: ['x?.yaml', '-', 'k8s', 'b.yaml'],
          stdin: () => service('in'),
          coverage: 'complete',
          cwd,
        })
        const {snapshot, diagnostics} = await source.read(signal)
        assert.deepEqual(names(snapshot), ['x1', 'in', 'c', 'd', 'b'])
        assert.deepEqual(
          snapshot.services.map(({origin}) => origin?.file),
          ['x1.yaml', '<stdin>', 'k8s/c.json', 'k8s/d.yml', 'b.yaml'],
        )
        assert.deepEqual(diagnostics, [])
      })
    })

    it('reads a file once that several paths lead to', async () => {
      await withFolder({'k8s/a.yaml': service('a'), 'k8s/b.yaml': service('b')}, async (cwd) => {
        const paths = ['k8s/b.yaml', 'k8s', join(cwd, 'k8s/a.yaml'), '-', '-']
        const source = createManifestSource({paths, stdin: () => '', coverage: 'complete', cwd})
        const {snapshot, diagnostics} = await source.read(signal)
        assert.deepEqual([names(snapshot), diagnostics], [['b', 'a'], []])
      })
    })

    it('begins relative paths in the working directory, where nothing else is said', async () => {
      const source = createManifestSource({paths: ['package.json'], coverage: 'partial'})
      assert.deepEqual((await source.read(signal)).diagnostics, [])
    })

    it('keeps the objects of what did not change', async () => {
      await withFolder(
        {'a.yaml': service('a'), 'b.yaml': `${service('b')}---\n${service('c')}`},
        async (cwd) => {
          const source = createManifestSource({
            paths: ['.', '-'],
            stdin: () => service('in'),
            coverage: 'complete',
            cwd,
          })
          const before = (await source.read(signal)).snapshot.services
          await writeFile(join(cwd, 'b.yaml'), `${service('b', 80)}---\n${service('c')}`)
          const after = (await source.read(signal)).snapshot.services
          assert.deepEqual(
            after.map((one, index) => one === before[index]),
            [true, false, true, true],
          )
          assert.equal(after[1]?.ports[0]?.port, 80)
        },
      )
    })

    it('loses the broken document only, and no other file', async () => {
      const files = {
        'a.yaml': `${service('a')}---\nkind: Service\n  x: [\n---\n${service('b')}`,
        'c.yaml': service('c'),
      }
      await withFolder(files, async (cwd) => {
        const {snapshot, diagnostics, locate} = await createManifestSource({
          paths: ['.'],
          coverage: 'complete',
          cwd,
        }).read(signal)
        assert.deepEqual(names(snapshot), ['a', 'b', 'c'])
        const [problem] = locate(diagnostics)
        assert.deepEqual(
          [diagnostics.length, problem?.code, problem?.location?.file, problem?.location?.line],
          [1, 'yaml-syntax', 'a.yaml', 6],
        )
      })
    })

    it('keeps the last valid objects of a broken file, with complete coverage', async () => {
      await withFolder({'a.yaml': service('a'), 'b.yaml': service('b')}, async (cwd) => {
        for (const [coverage, left] of [
          ['complete', ['a', 'b']],
          ['partial', ['b']],
        ] as const) {
          await write(join(cwd, 'a.yaml'), service('a'))
          const source = createManifestSource({paths: ['.'], coverage, cwd})
          const before = await source.read(signal)
          await write(join(cwd, 'a.yaml'), `${service('a')}oops: [\n`)
          const broken = await source.read(signal)
          assert.deepEqual(names(broken.snapshot), left)
          assert.deepEqual(
            broken.diagnostics.map(({code, location}) => [code, location?.file]),
            [['yaml-syntax', 'a.yaml']],
          )
          if (coverage === 'complete') assert.equal(broken.snapshot.services[0], before.snapshot.services[0])
          await write(join(cwd, 'a.yaml'), service('c'))
          const fixed = await source.read(signal)
          assert.deepEqual([names(fixed.snapshot), fixed.diagnostics], [['c', 'b'], []])
        }
      })
    })

    it('says of a file that is no text what it is', async () => {
      await withFolder(
        {'a.yaml': Buffer.from('\uFEFFa: 1', 'utf16le'), 'b.yaml': service('b')},
        async (cwd) => {
          const {snapshot, diagnostics} = await createManifestSource({
            paths: ['.'],
            coverage: 'complete',
            cwd,
          }).read(signal)
          assert.deepEqual(names(snapshot), ['b'])
          assert.deepEqual(
            diagnostics.map(({message}) => message),
            ['not valid YAML: the file is not text in UTF-8'],
          )
        },
      )
    })

    it('fails for good at first, and for a while once there was something', async () => {
      await withFolder({'a.yaml': service('a')}, async (cwd) => {
        const source = createManifestSource({paths: ['a.yaml'], coverage: 'complete', cwd})
        const away = async (temporary: boolean): Promise<void> => {
          await rename(join(cwd, 'a.yaml'), join(cwd, 'b'))
          await assert.rejects(source.read(signal), {code: 'path-not-found', temporary})
          await rename(join(cwd, 'b'), join(cwd, 'a.yaml'))
        }
        await away(false)
        const before = await source.read(signal)
        await away(true)
        const after = await source.read(signal)
        assert.equal(after.snapshot.services[0], before.snapshot.services[0])
      })
    })

    for (const [path, code] of [
      ['none', 'path-not-found'],
      ['*.json', 'path-not-found'],
      ['empty', 'no-manifests'],
    ] as const) {
      it(`fails with ${code} for ${path}`, async () => {
        await withFolder({'empty/readme': ''}, async (cwd) => {
          const source = createManifestSource({paths: [path], coverage: 'complete', cwd})
          await assert.rejects(source.read(signal), {name: 'Failure', code, temporary: false})
        })
      })
    }

    it('does not begin when it is told to stop', async () => {
      const source = createManifestSource({paths: ['none'], coverage: 'complete'})
      await assert.rejects(source.read(AbortSignal.abort(new Error('stopped'))), /stopped/)
    })

    it('knows what is not covered', async () => {
      assert.deepEqual((await readText(SERVICE, 'partial')).snapshot.coverage, {
        nodes: false,
        endpointSlices: false,
        allocations: false,
        unknownSecrets: true,
      })
      assert.deepEqual((await readText(SERVICE)).snapshot.coverage, {
        nodes: true,
        endpointSlices: true,
        allocations: true,
      })
    })

    it('reads thousands of documents', async () => {
      const {snapshot} = await readText(
        Array.from({length: 2000}, (_, index) => service(`s${index}`)).join('---\n'),
      )
      assert.equal(snapshot.services.length, 2000)
    })
  })

  describe('locate', () => {
    for (const [what, text] of [
      ['as it is', README],
      ['with CRLF', README.replaceAll('\n', '\r\n')],
      ['with a byte order mark', `\uFEFF${README}`],
      ['with both', `\uFEFF${README.replaceAll('\n', '\r\n')}`],
    ] as const) {
      it(`shows the number that is no annotation in the first README, ${what}`, async () => {
        const {located, snapshot} = await readText(text)
        assert.deepEqual(located, [
          {
            code: 'annotation-not-string',
            severity: 'error',
            message: 'the value of an annotation must be a string, but this is the number 123',
            hint: 'write "123"; otherwise the API server rejects the object',
            fix: {on: 'value', text: '123'},
            object: {kind: 'Service', namespace: 'default', name: 'cluster-local-ntp'},
            origin: {file: '<stdin>', document: 0, path: []},
            field: ['metadata', 'annotations', 'loadbalancer.lbex/port'],
            location: {file: '<stdin>', line: 9, column: 29, endLine: 9, endColumn: 32},
          },
        ])
        const [ntp] = snapshot.services
        assert.deepEqual([ntp?.refused, ntp?.annotations['loadbalancer.lbex/port']], [true, '123'])
      })
    }

    const wrong: [what: string, text: string, at: string, shown: string][] = [
      ['in a later document', `${README}---\n# c\n${service('b', 0)}`, '25:23-25:24', '0'],
      [
        'in flow style',
        '{apiVersion: v1, kind: Service, metadata: {name: a}, spec: {ports: [{port: 0}]}}',
        '1:76-1:77',
        '0',
      ],
      [
        'behind the marker',
        '--- {apiVersion: v1, kind: Service, metadata: {name: a}, spec: {ports: [{port: 0}]}}',
        '1:80-1:81',
        '0',
      ],
      [
        'in JSON',
        JSON.stringify(
          {apiVersion: 'v1', kind: 'Service', metadata: {name: 'a'}, spec: {ports: [{port: 0}]}},
          null,
          2,
        ),
        '10:17-10:18',
        '0',
      ],
      [
        'in a List in JSON on one line',
        JSON.stringify({
          apiVersion: 'v1',
          kind: 'List',
          items: [{apiVersion: 'v1', kind: 'Service', metadata: {name: 'a'}, spec: {ports: [{port: 0}]}}],
        }),
        '1:128-1:129',
        '0',
      ],
      [
        'in a List in JSON as kubectl prints it',
        JSON.stringify(
          {
            apiVersion: 'v1',
            items: [
              {},
              {apiVersion: 'v1', kind: 'Service', metadata: {name: 'a'}, spec: {ports: [{port: 0}]}},
            ],
            kind: 'List',
          },
          null,
          4,
        ),
        '14:33-14:34',
        '0',
      ],
      [
        'in a List in YAML',
        'apiVersion: v1\nkind: ServiceList\nitems:\n- metadata: {name: a}\n  spec:\n    ports:\n    - port: 0\n',
        '7:13-7:14',
        '0',
      ],
      [
        'behind an anchor',
        `apiVersion: v1\nkind: Service\nx: &ports [{port: 0}]\nmetadata: {name: a}\nspec: {ports: *ports}\n`,
        '3:19-3:20',
        '0',
      ],
      [
        'behind a merge key',
        `apiVersion: v1\nkind: Service\nx: &x {port: 0}\nmetadata: {name: a}\nspec:\n  ports:\n  - <<: *x\n    name: a\n`,
        '3:14-3:15',
        '0',
      ],
    ]
    for (const [what, text, at, shown] of wrong) {
      it(`shows a port that is wrong ${what}`, async () => {
        const {located} = await readText(text)
        const [finding] = located.filter(({code}) => code === 'invalid-field')
        assert.equal(range(finding?.location), at)
        assert.equal(covered(text, finding!.location!), shown)
      })
    }

    it('shows related places, and findings of others about what was read', async () => {
      const {snapshot, locate} = await readText(`${service('a')}---\n${service('b')}`)
      const [a, b] = snapshot.services
      const finding = {
        code: 'port-conflict',
        severity: 'error',
        message: '',
        object: a!.ref,
        origin: a?.origin,
      } as const
      const related = [{message: 'it holds the port', object: b!.ref, origin: b?.origin}]
      const [located] = locate([{...finding, field: ['spec', 'ports', 0, 'port'], related}])
      assert.equal(range(located?.location), '4:23-4:26')
      assert.equal(range(located?.related?.[0]?.location), '8:18-8:19')
    })

    it('of an older reading still shows where things were', async () => {
      await withFolder({'a.yaml': service('a')}, async (cwd) => {
        const source = createManifestSource({paths: ['a.yaml'], coverage: 'complete', cwd})
        const old = await source.read(signal)
        await writeFile(join(cwd, 'a.yaml'), `# new\n\n---\n${service('a')}`)
        await source.read(signal)
        const object = old.snapshot.services[0]!
        const finding = {
          code: 'port-missing',
          severity: 'error',
          message: '',
          object: object.ref,
          origin: object.origin,
        } as const
        assert.equal(range(old.locate([finding])[0]?.location), '3:18-3:19')
      })
    })
  })

  describe('alias bombs', () => {
    it('are a finding, and cost their document only', async () => {
      const lines = Array.from(
        {length: 9},
        (_, index) => `a${index + 1}: &a${index + 1} [${Array(9).fill(`*a${index}`).join(', ')}]`,
      )
      const {snapshot, located} = await readText(
        `a0: &a0 x\n${lines.join('\n')}\nkind: Service\n---\n${service('b')}`,
      )
      assert.deepEqual(names(snapshot), ['b'])
      assert.deepEqual(
        located.map(({code, message, location}) => [code, message, location?.line]),
        [['yaml-syntax', 'not valid YAML: its aliases expand to more than 1000000 values', 2]],
      )
    })
  })

  describe('watch', () => {
    async function watching(
      paths: string[],
      files: Record<string, string>,
      use: (cwd: string, read: () => Promise<string[]>, calls: () => number) => Promise<void>,
    ): Promise<void> {
      await withFolder(files, async (cwd) => {
        const source = createManifestSource({
          paths,
          stdin: () => service('in'),
          coverage: 'complete',
          cwd,
          pollInterval: 50,
        })
        const read = async (): Promise<string[]> => names((await source.read(signal)).snapshot)
        await read()
        const abort = new AbortController()
        let calls = 0
        const watch = source.watch(() => (calls += 1), abort.signal)
        try {
          await use(cwd, read, () => calls)
        } finally {
          abort.abort()
          await watch
        }
      })
    }

    it('calls for a reading that shows the change', async () => {
      await watching(['k8s'], {'k8s/a.yaml': service('a')}, async (cwd, read, calls) => {
        await write(join(cwd, 'k8s/deep/b.yaml'), service('b'))
        await until(() => calls() > 0, 'the call')
        assert.deepEqual(await read(), ['a', 'b'])
      })
    })

    it('survives that everything is deleted', async () => {
      await watching(['k8s'], {'k8s/a.yaml': service('a')}, async (cwd, read, calls) => {
        await rm(join(cwd, 'k8s'), {recursive: true})
        await until(() => calls() > 0, 'the call')
        await assert.rejects(read(), {temporary: true})
        const before = calls()
        await write(join(cwd, 'k8s/b.yaml'), service('b'))
        await until(() => calls() > before, 'the second call')
        assert.deepEqual(await read(), ['b'])
      })
    })

    it('calls for what changed between the reading and the watch', async () => {
      await withFolder({'a.yaml': service('a')}, async (cwd) => {
        const source = createManifestSource({paths: ['a.yaml'], coverage: 'complete', cwd})
        await source.read(signal)
        await unlink(join(cwd, 'a.yaml'))
        const abort = new AbortController()
        let calls = 0
        const watch = source.watch(() => (calls += 1), abort.signal)
        await until(() => calls > 0, 'the call')
        abort.abort()
        await watch
      })
    })

    it('with stdin alone only waits for its end', async () => {
      await watching(['-'], {}, async (_, read, calls) => {
        assert.deepEqual(await read(), ['in'])
        assert.equal(calls(), 0)
      })
    })
  })
})
