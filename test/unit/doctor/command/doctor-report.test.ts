import assert from 'node:assert/strict'
import {Check, type Finding} from '../../../../src/diagnostics/finding.js'
import {doctorJson, doctorText} from '../../../../src/doctor/command/doctor-report.js'

const nginx = new Check('nginx')
const ports = new Check('health-port')
const ok = nginx.ok('NGINX 1.22.1')
const warning = nginx.warning('old', 'apt-get upgrade')
const problem = ports.problem('taken', "ss -tlnp 'sport = :80'")
const unknown = ports.unknown('who knows')
const exitCode = (...findings: Finding[]) => doctorText(findings, false).exitCode

describe('doctorText', () => {
  it('prints a line for each finding, followed by its fix', () => {
    assert.deepEqual(doctorText([ok, problem, warning, unknown, warning], false), {
      output: `ok       nginx        NGINX 1.22.1
problem  health-port  taken
                      fix: ss -tlnp 'sport = :80'
warning  nginx        old
                      fix: apt-get upgrade
unknown  health-port  who knows
warning  nginx        old
                      fix: apt-get upgrade
1 problem, 2 warnings, 1 unknown, 1 ok
`,
      notes: '',
      exitCode: 1,
    })
  })

  it('colours the state on a terminal', () => {
    const {output} = doctorText([ok, problem, warning, unknown], true)
    for (const text of ['32mok', '31mproblem', '33mwarning', '36munknown'])
      assert.ok(output.includes(`\u001B[${text}`))
  })

  it('exits with 1 for a problem, with 3 if a check could not run, otherwise with 0', () => {
    assert.equal(exitCode(), 0)
    assert.equal(exitCode(ok, warning), 0)
    assert.equal(exitCode(ok, unknown), 3)
    assert.equal(exitCode(ok, unknown, problem), 1)
  })
})

describe('doctorJson', () => {
  it('prints the findings as one object', () => {
    const {output, notes, exitCode: code} = doctorJson([ok, problem])
    assert.deepEqual(JSON.parse(output), {findings: [ok, problem]})
    assert.deepEqual([notes, code], ['', 1])
  })
})
