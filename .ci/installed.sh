#!/usr/bin/env bash
# The package as its users have it: packed, installed in an empty folder elsewhere on each Node, typed, listed, run.
set -euo pipefail
repository=$(cd "$(dirname "$0")/.." && pwd)
place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT

cd "$repository"
npm pack --silent --pack-destination "$place" > /dev/null
vitest=$(node -p "require('./package.json').devDependencies.vitest")
typescript=$(node -p "require('./package.json').devDependencies.typescript")

for node in 22.22.0 24.21.0; do
	mkdir "$place/$node"
	cd "$place/$node"
	echo '{ "type": "module", "private": true }' > package.json
	npm install --silent --no-audit --no-fund ../bystander-*.tgz "vitest@$vitest" "typescript@$typescript" @types/node "node@$node"
	[ "$(npx node --version)" = "v$node" ] || { echo "this is not Node $node: $(npx node --version)"; exit 1; }

	cat > types.ts <<-'TS'
		import { type Capabilities, defineSubject, type Subject } from 'bystander';
		import 'bystander/matchers';
		import { CertificationReporter } from 'bystander/reporter';
		import { certification } from 'bystander/vitest';

		export const subject = (given: Subject): Subject => defineSubject(given);
		export const capabilities: Capabilities = { cleanupJob: true };
		export const project = certification({ subject: './subject.ts', matrix: 'minimal' });
		export const reporter = new CertificationReporter({ out: 'out' });
		// @ts-expect-error a subject has a name
		defineSubject({});
		// @ts-expect-error there are two matrices
		certification({ matrix: 'some' });
	TS
	# The snippets of the README, as a user would paste them.
	awk -v n=0 '/^```ts$/ { n++; on = 1; next } /^```$/ { on = 0 } on { print > ("readme-" n ".ts") }' "$repository/README.md"
	npx tsc --noEmit --strict --module nodenext --target esnext --skipLibCheck --types node types.ts readme-*.ts

	# The reference stands in for the user's own system: another process, another folder, the port alone.
	echo "export { default } from '$repository/fixtures/subjects/reference.ts';" > subject.ts
	cat > vitest.config.ts <<-'TS'
		import { CertificationReporter, certification } from 'bystander/vitest';
		import { defineConfig } from 'vitest/config';

		export default defineConfig({
			test: {
				reporters: ['default', new CertificationReporter()],
				projects: [
					certification({ subject: './subject.ts', database: 'embedded' }),
					{ test: { name: 'own', include: ['test/*.test.ts'] } },
				],
			},
		});
	TS
	mkdir test
	echo "import { expect, test } from 'vitest'; test('theirs', () => { expect(1).toBe(1); });" > test/theirs.test.ts

	[ "$(npx vitest list -t W3 | grep -c 'W3 table dropped > ')" = 4 ] || { echo 'vitest list -t W3 is not one injection'; exit 1; }
	npx vitest run --project own
	[ ! -e reports ] || { echo 'their own tests left an archive'; exit 1; }
	npx vitest run -t W3
	npx bystander certify --subject ./subject.ts --only P3 --database embedded --out out
	npx bystander verify out
	npx node --input-type=module -e "
		import schema from 'bystander/schemas/certificate.schema.json' with { type: 'json' };
		if (schema.additionalProperties !== false) throw new Error('this is no schema of a certificate');"
	code=0; npx bystander certify --only P3 2> said.txt || code=$?
	[ "$code" = 3 ] && grep -q 'no subject was named' said.txt || { echo "without a subject: $code"; cat said.txt; exit 1; }
done
echo 'the package works on Node 22 and 24'
