/** Files that name the repository of lbex. package.json is the only place where it is set. */

export const FILES_WITH_HOME = [
  'SECURITY.md',
  '.github/CODEOWNERS',
  '.github/ISSUE_TEMPLATE/config.yml',
  'action.yml',
  'docs/checking.md',
  'integrations/gitlab-ci.yml',
] as const

const REPOSITORY = /(?<=github\.com\/|project: |uses: |--repo )(?!sostheim\/)[\w.-]+\/lbex(?![\w-])/g
const TEAM = /(?<=@)[\w.-]+(?=\/lbex-maintainers)/g

/** `text` with `repository`, such as `OWNER/lbex`, wherever it names the repository of lbex. */
export function withHome(text: string, repository: string): string {
  const [owner = ''] = repository.split('/')
  return text.replaceAll(REPOSITORY, repository).replaceAll(TEAM, owner)
}
