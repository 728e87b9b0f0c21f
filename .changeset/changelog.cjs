// How changesets writes an entry of CHANGELOG.md: the words of the changeset, and nothing of who wrote them in which commit.
module.exports = {
  getReleaseLine: async ({summary}) => `- ${summary.trim().replaceAll(/\n(?=.)/g, '\n  ')}`,
  getDependencyReleaseLine: async () => '',
}
