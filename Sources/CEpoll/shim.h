// epoll(7), eventfd(2) and the filters of socket(7), which Swift's Glibc leaves out.
#pragma once
#include <linux/filter.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
