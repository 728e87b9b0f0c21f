import assert from 'node:assert/strict'
import {spawnSync} from 'node:child_process'
import {chmod, mkdir, open, readFile, stat, symlink, writeFile} from 'node:fs/promises'
import {join} from 'node:path'
import {check} from '../../../../src/lint/command/check.js'
import {BARE, BROKEN} from '../../../commands/manifests.js'
import {sarifProblems} from '../../../support/sarif-schema.js'
import {temporaryFolder, type TemporaryFolder} from '../../../support/temporary-folder.js'
import {checkLine} from '../../cli/run/flags.js'

/** The parser of manifests reports this error, whichever Services are selected. */
const HIDDEN_ERROR = BARE.replace('spec:', 'spec:\n  externalIPs: 5')

describe('check', () => {
  let folder: TemporaryFolder
  let before: string

  beforeEach(async () => {
    folder = await temporaryFolder()
    before = process.cwd()
    process.chdir(folder.path)
    await writeFile('ntp.yaml', BARE)
  })
  afterEach(async () => {
    process.chdir(before)
    await folder.remove()
  })

  const run = async (...argv: string[]) => {
    const {flags, words} = await checkLine(...argv)
    return check(flags, words, [])
  }
  const codes = async (...argv: string[]) => {
    const {output} = await run(...argv, '--format=json')
    return (JSON.parse(output) as {diagnostics: {code: string}[]}).diagnostics.map(({code}) => code)
  }
  const read = (name: string) => readFile(name, 'utf8')

  it('finds nothing in valid manifests', async () => {
    assert.deepEqual(await run('ntp.yaml'), {
      output: 'no findings in 1 Service of 1 file\n',
      notes: '',
      exitCode: 0,
    })
  })

  it('checks all Services, and reports on the named one', async () => {
    await writeFile('ntp.yaml', [BARE.replace('name: ntp', 'name: clock'), BARE].join('---\n'))
    assert.deepEqual(await codes('ntp.yaml', '--service-name=ntp'), ['port-conflict'])
    assert.deepEqual(await codes('ntp.yaml', '--service-name=default/clock'), [])
    await assert.rejects(run('ntp.yaml', '--service-name=clok'), {
      name: 'UsageError',
      message: 'there is no Service called clok; did you mean clock?',
    })
  })

  it('rejects --service-name if no Service has the name, even if others have errors', async () => {
    for (const text of [BROKEN, HIDDEN_ERROR]) {
      await writeFile('ntp.yaml', text)
      await assert.rejects(run('ntp.yaml', '--service-name=default/nttp'), {
        name: 'UsageError',
        message: 'there is no Service called default/nttp; did you mean default/ntp?',
      })
    }
  })

  it('warns about a namespace without Services, and ignores errors in other namespaces', async () => {
    await writeFile('ntp.yaml', HIDDEN_ERROR)
    assert.equal((await run('ntp.yaml')).exitCode, 1)
    const notes = 'warning: there is no Service in namespace nope; found: default\n'
    const shown = await run('ntp.yaml', '--namespace=nope')
    assert.deepEqual([shown.notes, shown.exitCode], [notes, 0])
    assert.equal((await run('ntp.yaml', '--exclude-namespace=default')).exitCode, 0)
  })

  it('does not read a configuration through a link from outside', async () => {
    await mkdir('repo/.git', {recursive: true})
    await writeFile('secret', 'a secret')
    process.chdir('repo')
    await writeFile('ntp.yaml', BARE)
    await symlink('../secret', 'lbex.yaml')
    await assert.rejects(run('ntp.yaml', '--config=lbex.yaml'), {code: 'config-outside'})
    assert.match((await run('ntp.yaml', '--config=lbex.yaml', '--follow-links')).output, /must be a mapping/)
  })

  it('puts notices before everything else on stderr', async () => {
    const {flags, words} = await checkLine('ntp.yaml')
    assert.equal((await check(flags, words, ['careful'])).notes, 'warning: careful\n')
  })

  describe('formats', () => {
    beforeEach(() => writeFile('ntp.yaml', BROKEN))

    it('are written to files, except the one that is printed', async () => {
      const {output, notes, exitCode} = await run(
        '.',
        '--format=text',
        '--format=sarif=out.sarif',
        '--format=junit=out.xml',
      )
      assert.match(output, /^ntp\.yaml:7:33: error port-invalid /)
      assert.deepEqual([notes, exitCode], ['', 1])
      assert.deepEqual(sarifProblems(JSON.parse(await read('out.sarif'))), [])
      assert.match(await read('out.xml'), /<testsuites /)
    })

    it('print only machine-readable text to stdout, and the summary to stderr', async () => {
      const {output, notes} = await run('.', '--format=sarif')
      assert.equal(JSON.parse(output).version, '2.1.0')
      assert.equal(notes, '1 error in 1 Service of 1 file\n')
    })

    it('are written to --output', async () => {
      const {output, notes} = await run('.', '--format=markdown', '--output=out.md')
      assert.deepEqual([output, notes], ['', '1 error in 1 Service of 1 file\n'])
      assert.match(await read('out.md'), /^### lbex check\n/)
    })

    it('are rejected if two would be printed, or --output is unused', async () => {
      await assert.rejects(run('.', '--format=text', '--format=json'), {
        message: 'text and json cannot both be printed',
      })
      await assert.rejects(run('.', '--format=json=a', '--output=b'), {name: 'UsageError'})
      await assert.rejects(run('.', '--output=no/such/folder'), {code: 'output-failed'})
    })

    it('never overwrite an input or each other', async () => {
      await writeFile('.lbex.yaml', 'fail-on: error\n')
      await writeFile('cluster.yml', BARE)
      for (const target of ['ntp.yaml', './ntp.yaml', '.lbex.yaml', 'cluster.yml']) {
        await assert.rejects(run('.', '--context-file=cluster.yml', `--output=${target}`), {
          name: 'UsageError',
          message: `${target} is an input and is not overwritten`,
        })
      }
      await assert.rejects(run('.', '--format=json=a', '--format=sarif=./a'), {
        message: 'two formats cannot both be written to ./a',
      })
      await symlink('ntp.yaml', 'link')
      await symlink('.', 'folder')
      await assert.rejects(run('ntp.yaml', '--output=link'), {
        message: /^link is an input and is not overwritten$/,
      })
      await assert.rejects(run('.', '--output=folder/ntp.yaml'), {
        message: /^folder\/ntp\.yaml is an input and is not overwritten$/,
      })
      await assert.rejects(run('.', '--format=json=a', '--format=sarif=folder/a'), {name: 'UsageError'})
      assert.equal(await read('ntp.yaml'), BROKEN)
      for (const _ of ['first', 'again'])
        assert.equal((await run('.', '--format=json=out.json', '--format=sarif=out.yaml')).exitCode, 1)
    })

    it('are not written through links', async () => {
      await writeFile('secret', 'mine')
      await symlink('secret', 'lbex.sarif')
      const message = /lbex\.sarif is a symbolic link/
      await assert.rejects(run('ntp.yaml', '--format=sarif=lbex.sarif'), {code: 'output-failed', message})
      await assert.rejects(run('ntp.yaml', '--baseline=lbex.sarif', '--write-baseline'))
      assert.equal(await read('secret'), 'mine')
    })

    it('know the root of the repository', async () => {
      await mkdir('.git')
      await mkdir('k8s')
      await writeFile('k8s/a b.yaml', BROKEN.replace('name: ntp', 'name: b'))
      process.chdir('k8s')
      const {output} = await run('.', '../ntp.yaml', '--format=sarif')
      const uris = (
        JSON.parse(output).runs[0].results as {
          locations: {physicalLocation: {artifactLocation: {uri: string}}}[]
        }[]
      ).map(({locations}) => locations[0]?.physicalLocation.artifactLocation.uri)
      assert.deepEqual(uris.sort(), ['k8s/a%20b.yaml', 'ntp.yaml'])
    })
  })

  describe('exit codes', () => {
    it('2 for a path that matches nothing, or an input without a Service, unless --allow-empty is given', async () => {
      await writeFile('empty.yaml', '# nothing\n')
      await mkdir('folder')
      for (const paths of [['none.yaml'], ['*.json'], ['folder'], ['empty.yaml']]) {
        await assert.rejects(run(...paths), {name: 'UsageError'})
        assert.equal((await run(...paths, '--allow-empty')).exitCode, 0)
      }
      assert.deepEqual(await codes('none.yaml', 'ntp.yaml', '--allow-empty'), [])
      await assert.rejects(run(), {message: 'nothing to check'})
      await assert.rejects(run('ntp.yaml', '--require-port', 'false'), {
        hint: /^write the value of a boolean flag .*--flag=false$/,
      })
      await assert.rejects(run('https://example.com/a.yaml'), {hint: /^lbex does not read URLs: curl /})
      await assert.rejects(run('.', '--namespace=a', '--exclude-namespace=a'), {name: 'UsageError'})
    })

    it('3 for files that cannot be read', async () => {
      await symlink('nowhere', 'broken.yaml')
      await assert.rejects(run('.'), {code: 'file-unreadable'})
      await assert.rejects(run('ntp.yaml', '--config=none.yaml'), {code: 'file-unreadable'})
      await assert.rejects(run('ntp.yaml', '--baseline=none.json'), {code: 'file-unreadable'})
      await assert.rejects(run('ntp.yaml', '--context-file=none.yaml'), {code: 'path-not-found'})
      await mkdir('.lbex.yaml')
      await assert.rejects(run('ntp.yaml'), {code: 'file-unreadable'})
    })

    it('1 for YAML that does not parse', async () => {
      await writeFile('bad.yaml', 'a: [\n')
      assert.equal((await run('bad.yaml')).exitCode, 1)
    })

    it('1 depending on --fail-on and --max-warnings', async () => {
      await writeFile(
        'ntp.yaml',
        BARE.replace('metadata:', 'metadata:').replace('"8123"', '"8123"\n    loadbalancer.lbex/x: z'),
      )
      assert.equal((await run('.')).exitCode, 0)
      assert.equal((await run('.', '--fail-on=warning')).exitCode, 1)
      assert.equal((await run('.', '--max-warnings=0')).exitCode, 1)
      await writeFile('.lbex.yaml', 'max-warnings: 0\n')
      assert.equal((await run('.')).exitCode, 1)
      assert.equal((await run('.', '--max-warnings=1')).exitCode, 0)
      assert.equal((await run('.', '--config=none')).exitCode, 0)
    })
  })

  describe('configuration', () => {
    it('is found in parent folders, and its patterns are relative to its folder', async () => {
      await mkdir('.git')
      await writeFile('.lbex.yaml', 'overrides:\n  - paths: [sub/**]\n    disable: [port-invalid]\n')
      await mkdir('sub')
      await writeFile('sub/ntp.yaml', BROKEN)
      process.chdir('sub')
      assert.deepEqual(await codes('ntp.yaml'), [])
      assert.deepEqual(await codes('ntp.yaml', '--config=none'), ['port-invalid'])
    })

    it('can be given by --config', async () => {
      await writeFile('other.yml', 'severity: {port-invalid: info}\n')
      await writeFile('ntp.yaml', BROKEN)
      assert.equal((await run('ntp.yaml', '--config=other.yml')).exitCode, 0)
    })

    it('has its own diagnostics', async () => {
      await writeFile('.lbex.yaml', 'fail-on: eror\n')
      const {output, exitCode} = await run('ntp.yaml')
      assert.match(output, /^\.lbex\.yaml:1:10: error config-invalid .*\n.*\n {5}1 \| fail-on: eror\n/)
      assert.equal(exitCode, 1)
    })
  })

  describe('a baseline', () => {
    beforeEach(() => writeFile('ntp.yaml', BROKEN))

    it('hides the findings that it was written with', async () => {
      assert.deepEqual(await run('.', '--baseline=b.json', '--write-baseline'), {
        output: '',
        notes: 'wrote 1 finding to b.json\n',
        exitCode: 0,
      })
      await writeFile('ntp.yaml', `# moved\n${BROKEN}`)
      const {notes, exitCode} = await run('ntp.yaml', '--baseline=b.json')
      assert.deepEqual([notes, exitCode], ['not shown: 1 finding in b.json\n', 0])
      await writeFile('ntp.yaml', BARE)
      const {notes: gone} = await run('ntp.yaml', '--baseline=b.json')
      assert.equal(gone, '1 finding in b.json is no longer found: --write-baseline updates the file\n')
      await writeFile('other.yaml', BARE)
      assert.equal((await run('other.yaml', '--baseline=b.json')).notes, '')
    })

    it('overwrites only a baseline, and never a report', async () => {
      for (const text of [BROKEN, '{"version": 1}', '{"version": 1, "findings": [null]}']) {
        await writeFile('b.json', text)
        await assert.rejects(run('ntp.yaml', '--baseline=b.json', '--write-baseline'), {
          message: 'b.json is not a baseline and is not overwritten',
          hint: 'name another file with --baseline, or remove this one',
        })
        assert.equal(await read('b.json'), text)
      }
      await writeFile('b.json', '')
      for (const _ of ['over an empty file', 'over a baseline'])
        assert.equal((await run('ntp.yaml', '--baseline=b.json', '--write-baseline')).exitCode, 0)
      assert.equal((await run('ntp.yaml', '--baseline=/dev/null', '--write-baseline')).exitCode, 0)
      await assert.rejects(run('ntp.yaml', '--baseline=b.json', '--output=b.json'), {
        message: 'b.json is an input and is not overwritten',
      })
      await assert.rejects(run('ntp.yaml', '--baseline=b.json', '--write-baseline', '--output=x'), {
        message: '--write-baseline does not write the report x',
      })
    })

    it('is refused if it is not a baseline, or has no name', async () => {
      await writeFile('b.json', '{"version": 2}')
      await writeFile('c.json', 'x')
      await writeFile('d.json', '{"version": 1, "findings": [{"code": 7}]}')
      await assert.rejects(run('ntp.yaml', '--baseline=b.json'), {message: 'b.json is not a baseline'})
      await assert.rejects(run('ntp.yaml', '--baseline=c.json'), {message: 'c.json is not a baseline'})
      await assert.rejects(run('ntp.yaml', '--baseline=d.json'), {message: 'd.json is not a baseline'})
      await assert.rejects(run('ntp.yaml', '--write-baseline'), {name: 'UsageError'})
    })
  })

  describe('--fix', () => {
    const FIXABLE = BARE.replace('"8123"', '8123 # kept').replace(
      'loadbalancer-port.lbex/ntp:',
      'loadbalancer.lbex/port:  ',
    )

    it('applies fixes in rounds, and changes no other byte', async () => {
      const text = `\uFEFF${FIXABLE.replaceAll('\n', '\r\n')}`
      await writeFile('ntp.yaml', text)
      await chmod('ntp.yaml', 0o600)
      await symlink('ntp.yaml', 'link.yaml')
      await assert.rejects(run('link.yaml', '--fix'), {
        code: 'fix-failed',
        message: /link\.yaml is a symbolic link, and nothing is written through links$/,
      })
      assert.equal(await read('ntp.yaml'), text)
      const {output, notes, exitCode} = await run('ntp.yaml', '--fix')
      assert.deepEqual(
        [output, notes, exitCode],
        ['no findings in 1 Service of 1 file\n', 'fixed ntp.yaml\n', 0],
      )
      const wanted = text
        .replace('loadbalancer.lbex/port:', 'loadbalancer-port.lbex/ntp:')
        .replace('8123 #', '"8123" #')
      assert.equal(await read('ntp.yaml'), wanted)
      assert.equal((await stat('ntp.yaml')).mode & 0o777, 0o600)
      assert.deepEqual((await run('.', '--fix')).notes, '')
    })

    it('with --fix-dry-run prints the changes, and writes nothing', async () => {
      await writeFile('ntp.yaml', FIXABLE)
      const {output, notes, exitCode} = await run('.', '--fix-dry-run')
      assert.match(
        output,
        /^--- ntp\.yaml\n\+\+\+ ntp\.yaml\n[^]*\n- {4}loadbalancer\.lbex\/port: .*\n\+ {4}loadbalancer-port\.lbex\/ntp: {3}"8123" # kept\n/,
      )
      assert.equal(notes, '1 error, 1 warning in 1 Service of 1 file; 2 fixable with --fix\n')
      assert.equal(exitCode, 1)
      assert.equal(await read('ntp.yaml'), FIXABLE)
    })

    it('does not fix ignored findings', async () => {
      const text = FIXABLE.replace('# kept', '# lbex-ignore')
      await writeFile('ntp.yaml', text)
      await run('ntp.yaml', '--fix')
      assert.equal(await read('ntp.yaml'), text)
    })

    it('does not rename two keys to the same name', async () => {
      const misspelt = BARE.replace(
        'annotations:',
        'annotations:\n    loadbalancer.lbex/algoritm: a\n    loadbalancer.lbex/algorithn: b',
      )
      const alias = BARE.replace('annotations:', 'annotations:\n    loadbalancer.lbex/port: "8123"').replace(
        'loadbalancer-port.lbex/ntp:',
        'loadbalancer-port.lbex/ntpp:',
      )
      for (const text of [misspelt, alias]) {
        await writeFile('ntp.yaml', text)
        const {notes} = await run('ntp.yaml', '--fix')
        assert.equal(notes, '')
        assert.equal(await read('ntp.yaml'), text)
      }
    })

    it('does not change standard input', async () => {
      await assert.rejects(run('-', '--fix'), {message: '--fix cannot change standard input'})
    })

    it('does not change a pipe', async () => {
      await writeFile('ntp.yaml', FIXABLE)
      assert.equal(spawnSync('mkfifo', ['pipe']).status, 0)
      const ends = await open('pipe', 'r+')
      const refused = assert.rejects(run(`/dev/fd/${ends.fd}`, '--fix'), {
        name: 'UsageError',
        message: `--fix cannot change /dev/fd/${ends.fd}: it is not a regular file`,
      })
      // More than fits into a pipe, so the write ends only when it is read.
      await ends.writeFile(`${FIXABLE}${'#\n'.repeat(100_000)}`)
      await ends.close()
      await refused
    })

    it('names the file that it cannot write', async () => {
      await writeFile('ntp.yaml', FIXABLE)
      if (process.getuid?.() === 0) await symlink('/proc/version', 'never.yaml')
      await writeFile('locked.yaml', FIXABLE.replace('name: ntp', 'name: b'))
      await chmod('locked.yaml', 0o400)
      const attempt = run('locked.yaml', '--fix')
      if (process.getuid?.() === 0) assert.match((await attempt).notes, /^fixed locked\.yaml/)
      else await assert.rejects(attempt, {code: 'fix-failed'})
    })
  })

  it('checks a file once if several links lead to it, and never a --context-file', async () => {
    await mkdir('.git')
    await mkdir('k8s')
    await symlink('../ntp.yaml', 'k8s/link.yaml')
    await symlink('k8s', 'folder')
    assert.deepEqual(await codes('folder', 'ntp.yaml', 'k8s', 'folder/link.yaml'), [])
    await writeFile('other.yaml', BARE.replace('name: ntp', 'name: other'))
    assert.deepEqual(await codes('other.yaml', 'ntp.yaml', '--context-file=k8s/link.yaml'), ['port-conflict'])
  })

  it('finds conflicts with a cluster', async () => {
    await writeFile(
      'cluster.yaml',
      BARE.replace('name: ntp', 'name: old\n  uid: u\n  creationTimestamp: "2024-01-01T00:00:00Z"'),
    )
    assert.deepEqual(await codes('ntp.yaml', '--context-file=cluster.yaml'), ['port-conflict'])
    const {output} = await run('ntp.yaml', '--context-file=cluster.yaml')
    assert.match(output, /\n {4}cluster\.yaml:9:33: allocated here\n1 error in 1 Service of 1 file\n$/)
    assert.equal((await run('.', '--context-file=cluster.yaml')).output, output)
  })

  it('uses the options of run', async () => {
    assert.deepEqual(await codes('ntp.yaml', '--reserved-port=8123/udp'), ['port-reserved'])
    assert.deepEqual(await codes('ntp.yaml', '--health-port=8123'), [])
    await writeFile('ntp.yaml', BARE.replace('loadbalancer-port.lbex/ntp: "8123"', ''))
    assert.deepEqual(await codes('ntp.yaml'), ['port-missing'])
    assert.deepEqual(await codes('ntp.yaml', '--require-port=false'), [])
  })

  it('reports skipped files, whether they were found or named', async () => {
    const note =
      'not checked: 1 patch of . (patch.yaml): kustomize build . | lbex check -\n' +
      'not checked: 4 templates of shop (shop/templates/a.yaml, shop/templates/b.yaml, shop/templates/c.yaml, 1 more): helm template shop | lbex check -\n'
    await writeFile('kustomization.yaml', 'resources: [ntp.yaml]\npatches: [{path: patch.yaml}]\n')
    await writeFile('patch.yaml', 'apiVersion: v1\nkind: Service\nmetadata: {name: ntp}\n')
    await mkdir('shop/templates', {recursive: true})
    await writeFile('shop/Chart.yaml', 'name: shop\n')
    const templates = ['a', 'b', 'c', 'd'].map((name) => `shop/templates/${name}.yaml`)
    for (const name of templates) await writeFile(name, 'metadata:\n  {{- x }}\n')
    assert.deepEqual(await run('.'), {
      output: 'no findings in 1 Service of 3 files\n',
      notes: note,
      exitCode: 0,
    })
    assert.deepEqual(await run('patch.yaml', 'ntp.yaml', ...templates), {
      output: 'no findings in 1 Service of 1 file\n',
      notes: note,
      exitCode: 0,
    })
    await assert.rejects(run('patch.yaml', ...templates), {
      message: 'there is no Service in the input',
      hint: `${note}--allow-empty allows this`,
    })
  })

  it('names three files without a Service and counts the others', async () => {
    const names = ['a.yaml', 'b.yaml', 'c.yaml', 'd.yaml', 'e.yaml']
    for (const name of names) await writeFile(name, 'kind: Namespace\napiVersion: v1\nmetadata: {name: a}\n')
    await assert.rejects(run(...names), {message: 'there is no Service in a.yaml, b.yaml, c.yaml and 2 more'})
    await assert.rejects(run(...names.slice(2)), {message: 'there is no Service in c.yaml, d.yaml, e.yaml'})
  })

  it('escapes line ends in file names', async () => {
    const name = 'a\n::error::b.yaml'
    await writeFile(name, BARE.replace('"8123"', '8123'))
    assert.match((await run(name)).output, /^a\\u000a::error::b\.yaml:7:33: error annotation-not-string /)
    assert.equal((await run(name, '--fix')).notes, 'fixed a\\u000a::error::b.yaml\n')
  })

  it('reports which Services are skipped', async () => {
    await writeFile(
      'ntp.yaml',
      BARE.replace('annotations:', 'annotations:\n    loadbalancer.lbex/service-pool: blue'),
    )
    assert.equal(
      (await run('.', '--service-pool=green')).notes,
      'not checked: 1 Service of pool blue (use --service-pool blue)\n',
    )
    assert.equal((await run('.', '--service-pool=blue')).notes, '')
    assert.equal((await run('.')).notes, '')
  })

  it('checks the Services of all pools, unless a pool is given', async () => {
    await writeFile(
      'ntp.yaml',
      BROKEN.replace('annotations:', 'annotations:\n    loadbalancer.lbex/service-pool: blue'),
    )
    assert.deepEqual(await codes('.'), ['port-invalid'])
    assert.deepEqual(await codes('.', '--service-pool=green'), [])
  })

  it('explains', async () => {
    assert.match((await run('--explain=port-unknown')).output, /^port-unknown: error, since /)
    assert.match((await run('--list-rules')).output, /^yaml-syntax +error /)
    assert.ok(JSON.parse((await run('--list-rules', '--format=json')).output).length > 40)
    assert.equal(JSON.parse((await run('--explain=port-unknown', '--format=json')).output).length, 1)
    await assert.rejects(run('--list-rules', '--format=sarif'), {name: 'UsageError'})
  })

  it('uses paths unchanged in a folder that is not a repository', async () => {
    const {output} = await run(join(folder.path, 'ntp.yaml'), '--format=json')
    assert.equal(JSON.parse(output).summary.files, 1)
  })
})
