import assert from 'node:assert/strict';
import { test } from 'node:test';
import { frameAsHtml, pictureAsMarkdown, titleOf } from '../../../static/js/words/shared.js';

test('a frame has its address, its size and a name for who cannot see it', () => {
  const frame = { address: 'https://a.example/embed?x=1&at=2', title: 'Bowl: Momentum 0.9', width: 720, height: 540 };
  assert.equal(
    frameAsHtml(frame),
    '<iframe src="https://a.example/embed?x=1&amp;at=2" width="720" height="540" title="Bowl: Momentum 0.9" frameborder="0" loading="lazy" allowfullscreen></iframe>',
  );
});

test('no name that somebody typed ends an attribute', () => {
  const text = frameAsHtml({
    address: 'https://a.example/',
    title: '"><script>alert(1)</script>&',
    width: 1,
    height: 1,
  });
  assert.ok(text.includes('title="&quot;&gt;&lt;script&gt;alert(1)&lt;/script&gt;&amp;"'));
  assert.equal(text.match(/</g)?.length, 2);
});

test('in Markdown the preview is a link to the page', () => {
  const shown = { title: 'Bowl', picture: 'https://a.example/preview.png?at=2', address: 'https://a.example/?at=2' };
  assert.equal(pictureAsMarkdown(shown), '[![Bowl](https://a.example/preview.png?at=2)](https://a.example/?at=2)');
});

test('nothing in a name or an address ends the link before its end', () => {
  const shown = {
    title: 'a] (b) [c] *d*\n<e>',
    picture: 'https://a.example/p?f=sin(x)',
    address: 'https://a.example/?f=(x) y',
  };
  assert.equal(
    pictureAsMarkdown(shown),
    '[![a\\] (b) \\[c\\] \\*d\\* \\<e\\>](https://a.example/p?f=sin%28x%29)](https://a.example/?f=%28x%29%20y)',
  );
});

test('what is seen is called by its landscape and by who walks there', () => {
  assert.equal(titleOf('Peaks', ['Adam, learning rate 0.1', 'Newton']), 'Peaks: Adam, learning rate 0.1; Newton');
  assert.equal(titleOf('Peaks', []), 'Peaks');
});
