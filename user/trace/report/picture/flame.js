// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// flame.js - in each flame graph: zoom by a click, search by a regular expression, details of what is
// under the mouse. Names are only ever put where they are text, never where they are markup.
(function () {
	'use strict';
	const MARGIN = 10, CHARACTER = 7.2, LEAST = 0.1;
	const width = document.documentElement.viewBox.baseVal.width - 2 * MARGIN;
	const reset = document.getElementById('reset');
	const matched = document.getElementById('matched');
	const sought = document.getElementById('sought');
	const details = document.getElementById('details');

	// In the order of the file: by where they begin, callers before callees.
	const frames = Array.from(document.querySelectorAll('#frames > g'), function (g) {
		const title = g.querySelector('title').textContent;
		return {
			g: g, rect: g.querySelector('rect'), text: g.querySelector('text'), title: title,
			name: title.replace(/ \([^(]*\)$/, ''), depth: Number(g.dataset.d),
			from: Number(g.dataset.f), count: Number(g.dataset.c),
		};
	});
	const all = frames[0];
	let wide = all;

	function label(frame, pixels) {
		const letters = Array.from(frame.name), fits = Math.floor((pixels - 6) / CHARACTER);

		if (letters.length <= fits)
			return frame.name;
		return fits >= 3 ? letters.slice(0, fits - 2).join('') + '..' : '';
	}

	function put(frame, x, pixels) {
		frame.rect.setAttribute('x', x);
		frame.rect.setAttribute('width', pixels);
		frame.text.setAttribute('x', x + 3);
		frame.text.textContent = label(frame, pixels);
	}

	function contains(outer, inner) {
		return outer.depth <= inner.depth && outer.from <= inner.from &&
			outer.from + outer.count >= inner.from + inner.count;
	}

	// The frame as wide as the picture: what it calls to scale, its callers as wide, others away.
	function zoom(frame) {
		const scale = frame.count ? width / frame.count : 0;

		wide = frame;
		frames.forEach(function (f) {
			const caller = f !== frame && contains(f, frame);
			const shown = caller || f === frame ||
				(contains(frame, f) && f.count * scale >= LEAST);

			f.g.style.display = shown ? '' : 'none';
			f.g.classList.toggle('below', caller);
			if (caller || f === frame)
				put(f, MARGIN, width);
			else if (shown)
				put(f, MARGIN + (f.from - frame.from) * scale, f.count * scale);
		});
		reset.classList.toggle('hidden', frame === all);
	}

	// Of one inside another that match both, the outer one counts.
	function share() {
		let sum = 0, end = 0;

		frames.forEach(function (f) {
			if (!f.g.classList.contains('match') || f.from < end)
				return;
			sum += f.count;
			end = f.from + f.count;
		});
		return all.count ? 100 * sum / all.count : 0;
	}

	function search() {
		let re = null, wrong = '';

		try {
			re = sought.value ? new RegExp(sought.value) : null;
		} catch (e) {
			wrong = 'no regular expression';
		}
		frames.forEach(function (f) {
			f.g.classList.toggle('match', f !== all && re !== null && re.test(f.name));
		});
		matched.textContent = re ? 'matched: ' + share().toFixed(2) + '%' : wrong;
	}

	frames.forEach(function (f) {
		f.g.addEventListener('click', function () { zoom(f); });
		f.g.addEventListener('mouseenter', function () { details.textContent = f.title; });
		f.g.addEventListener('mouseleave', function () { details.textContent = ''; });
	});
	reset.addEventListener('click', function () { zoom(all); });
	sought.addEventListener('input', search);
	document.addEventListener('keydown', function (e) {
		if (e.key === 'f' && (e.ctrlKey || e.metaKey)) {
			e.preventDefault();
			sought.focus();
		} else if (e.key === 'Escape') {
			sought.value = '';
			search();
			zoom(all);
		}
	});
})();
