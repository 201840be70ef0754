import DefaultTheme from 'vitepress/theme';
import Arc from './Arc.vue';
import Layout from './Layout.vue';
import Page from './Page.vue';
import { loadPieces } from './pieces.mjs';
import './style.css';
import './code.css';
import './print.css';

const live = import.meta.glob('../../live/*.vue', { eager: true, import: 'default' });

export default {
    extends: DefaultTheme,
    Layout,
    enhanceApp({ app, router }) {
        app.component('Arc', Arc);
        app.component('Page', Page);
        for (const [file, component] of Object.entries(live)) {
            app.component(/(\w+)\.vue$/.exec(file)[1], component);
        }
        if (!import.meta.env.SSR) router.onBeforePageLoad = loadPieces;
    }
};
