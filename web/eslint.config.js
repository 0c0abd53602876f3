import vue from 'eslint-plugin-vue'
import tseslint from 'typescript-eslint'

// The client, its media and its wire types work in any page: no framework in there.
const noFramework = {
  patterns: [
    { group: ['vue', 'vue-*', '@vueuse/*', 'reka-ui', '@lucide/*'], message: 'The client is free of frameworks.' },
    { group: ['**/components/**', '**/composables/**'], message: 'The client does not know the page.' },
  ],
}

export default tseslint.config(
  { ignores: ['dist/**', 'dist-stories/**', 'node_modules/**', 'src/protocol/messages.ts'] },
  ...tseslint.configs.recommended,
  ...vue.configs['flat/recommended'],
  {
    files: ['**/*.vue'],
    languageOptions: { parserOptions: { parser: tseslint.parser } },
  },
  {
    rules: {
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'inline-type-imports' }],
      '@typescript-eslint/no-non-null-assertion': 'error',
      'no-console': 'error',
      eqeqeq: ['error', 'always'],
      // Layout is prettier's and the editor's.
      'vue/max-attributes-per-line': 'off',
      'vue/singleline-html-element-content-newline': 'off',
      'vue/html-self-closing': 'off',
      'vue/html-indent': 'off',
      'vue/html-closing-bracket-newline': 'off',
      'vue/first-attribute-linebreak': 'off',
      'vue/multiline-html-element-content-newline': 'off',
      // TypeScript already says which props may be left out.
      'vue/require-default-prop': 'off',
    },
  },
  {
    files: ['src/client/**', 'src/media/**', 'src/protocol/**'],
    rules: { 'no-restricted-imports': ['error', noFramework] },
  },
  {
    files: ['scripts/**', 'e2e/**', '**/*.mjs'],
    rules: { 'no-console': 'off' },
  },
)
