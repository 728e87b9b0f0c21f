import assert from 'node:assert/strict'
import {checkGithub} from '../../../../src/lint/formats/check-github.js'
import {checkJson} from '../../../../src/lint/formats/check-json.js'
import {checkJunit} from '../../../../src/lint/formats/check-junit.js'
import {checkMarkdown} from '../../../../src/lint/formats/check-markdown.js'
import {checkExitCode, templateOf} from '../../../../src/lint/formats/check-result.js'
import {CLEAN, FOUND} from './check-samples.js'
import {BARE, CONFLICT, FILE, INFO} from '../../report/samples.js'

describe('checkExitCode', () => {
  const of = (failOn: 'error' | 'warning' | 'info', diagnostics = [BARE, INFO], maxWarnings?: number) =>
    checkExitCode({diagnostics, failOn, ...(maxWarnings !== undefined && {maxWarnings})})

  it('is 1 from a severity upward', () => {
    assert.equal(of('error'), 0)
    assert.equal(of('error', [CONFLICT]), 1)
    assert.equal(of('warning'), 1)
    assert.equal(of('warning', [INFO]), 0)
    assert.equal(of('info', [INFO]), 1)
    assert.equal(of('info', []), 0)
  })

  it('is 1 for too many warnings', () => {
    assert.equal(of('error', [BARE, BARE], 2), 0)
    assert.equal(of('error', [BARE, BARE], 1), 1)
    assert.equal(of('error', [], 0), 0)
  })
})

describe('checkJson', () => {
  it('is one object', () => {
    const {version, summary, diagnostics} = JSON.parse(checkJson(FOUND))
    assert.equal(version, '2.0.0')
    assert.deepEqual(summary, {errors: 2, warnings: 1, infos: 1, services: 2, files: 1})
    assert.deepEqual(diagnostics[0].fix, FOUND.edits.get(CONFLICT))
    assert.deepEqual(
      (diagnostics as {code: string}[]).map(({code}) => code),
      ['port-conflict', 'node-unknown', 'yaml-syntax', 'node-unknown'],
    )
    assert.deepEqual(JSON.parse(checkJson(CLEAN)).diagnostics, [])
  })
})

describe('checkGithub', () => {
  it('writes commands, most severe first, with paths from the root of the repository', () => {
    assert.equal(
      checkGithub(FOUND),
      `::error file=k8s/demo.yaml,line=27,endLine=27,col=5,endColumn=8,title=port-conflict::0.0.0.0:80/TCP is already taken%0Ahint: choose another listen port%0Ademo.yaml:3:5: the winner
::error title=yaml-syntax::not valid YAML
::warning title=node-unknown::node worker-3 is not known%0AService default/a: the endpoint
::notice title=node-unknown::node worker-3 is not known
2 errors, 1 warning, 1 info in 2 Services of 1 file; 1 fixable with --fix
`,
    )
  })

  it('reports how many are not shown', () => {
    const many = Array.from({length: 13}, () => BARE)
    const text = checkGithub({...FOUND, diagnostics: [...many, CONFLICT]})
    assert.equal(text.match(/^::warning /gm)?.length, 10)
    assert.match(text, /^not shown: 3 of kind warning \(GitHub shows 10 of each kind in a step\)$/m)
  })

  it('escapes characters that end a command or a property', () => {
    const location = {file: 'a,b:c%.yaml', line: 1, column: 2, endLine: 3, endColumn: 1}
    const [line] = checkGithub({...FOUND, diagnostics: [{...FILE, message: '50 %\r\n', location}]}).split(
      '\n',
    )
    assert.equal(
      line,
      '::error file=k8s/a%2Cb%3Ac%25.yaml,line=1,endLine=3,col=2,title=yaml-syntax::50 %25%0D%0A',
    )
  })

  it('names files outside of the repository as given, and omits stdin', () => {
    const at = (file: string) => ({...FILE, location: {file, line: 1, column: 1, endLine: 1, endColumn: 1}})
    const text = checkGithub({...CLEAN, diagnostics: [at('/tmp/a.yaml'), at('<stdin>')]})
    assert.match(text, /^::error file=\/tmp\/a\.yaml,line=1,endLine=1,col=1,endColumn=1,title=/m)
    assert.match(text, /^::error title=yaml-syntax::/m)
  })
})

describe('checkJunit', () => {
  it('has a suite per file, a case per Service, and one failure per failed case', () => {
    assert.equal(
      checkJunit({
        ...FOUND,
        diagnostics: [
          CONFLICT,
          {...CONFLICT, message: 'x <&> "y"'},
          BARE,
          FILE,
          {...INFO, location: CONFLICT.location!},
        ],
      }),
      `<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="lbex check" tests="5" failures="2" errors="0">
  <testsuite name="demo.yaml" tests="3" failures="1" errors="0">
    <testcase name="Service default/a" classname="demo.yaml"/>
    <testcase name="Service default/b" classname="demo.yaml">
      <failure type="port-conflict" message="0.0.0.0:80/TCP is already taken; x &lt;&amp;&gt; &quot;y&quot;">demo.yaml:27:5: error port-conflict 0.0.0.0:80/TCP is already taken
    Service default/b: metadata.annotations[&quot;loadbalancer-port.lbex/http&quot;]
    hint: choose another listen port
    demo.yaml:3:5: the winner
demo.yaml:27:5: error port-conflict x &lt;&amp;&gt; &quot;y&quot;
    Service default/b: metadata.annotations[&quot;loadbalancer-port.lbex/http&quot;]
    hint: choose another listen port
    demo.yaml:3:5: the winner</failure>
    </testcase>
    <testcase name="Service default/c" classname="demo.yaml">
      <system-out>demo.yaml:27:5: info node-unknown node worker-3 is not known
    Service default/c</system-out>
    </testcase>
  </testsuite>
  <testsuite name="c" tests="1" failures="0" errors="0">
    <testcase name="Service default/c" classname="c">
      <system-out>Service default/c: warning node-unknown node worker-3 is not known
    Service default/a: the endpoint</system-out>
    </testcase>
  </testsuite>
  <testsuite name="x.yaml" tests="1" failures="1" errors="0">
    <testcase name="File x.yaml" classname="x.yaml">
      <failure type="yaml-syntax" message="not valid YAML">x.yaml: error yaml-syntax not valid YAML</failure>
    </testcase>
  </testsuite>
</testsuites>
`,
    )
  })

  it('replaces characters that XML cannot represent', () => {
    const text = checkJunit({...CLEAN, diagnostics: [{...FILE, message: 'a\u0000\uD800\uFFFE\u{1F600}b'}]})
    assert.match(text, /message="a\?\?\?\u{1F600}b"/u)
  })
})

describe('checkMarkdown', () => {
  it('is a table if there are findings', () => {
    assert.equal(
      checkMarkdown({...FOUND, diagnostics: [{...CONFLICT, message: 'a | b_c <d> & `e`'}, BARE]}),
      `### lbex check

1 error, 1 warning in 2 Services of 1 file

| severity | place | finding |
| --- | --- | --- |
| error | <code>demo.yaml:27:5</code> | <code>port-conflict</code> a &#124; b&#95;c &lt;d> &amp; &#96;e&#96;<br>hint: choose another listen port<br>demo.yaml:3:5: the winner |
| warning | <code>Service default/c</code> | <code>node-unknown</code> node worker-3 is not known<br>Service default/a: the endpoint |
`,
    )
    assert.equal(checkMarkdown(CLEAN), '### lbex check\n\nno findings in 2 Services of 1 file\n')
  })
})

describe('templateOf', () => {
  const location = {...CONFLICT.location!, madeFrom: 't.yaml'}

  it('is the place of findings of stdin on GitHub, without line numbers', () => {
    const stdin = {...CONFLICT, location: {...location, file: '<stdin>'}}
    assert.match(checkGithub({...CLEAN, diagnostics: [stdin]}), /^::error file=k8s\/t\.yaml,line=1,title=/)
  })

  it('is undefined if there is a file', () => {
    assert.equal(templateOf(location, CLEAN.uriOf), undefined)
  })
})
